import type { OutputName, ToolFlags } from '../args.ts';
import type { Stamped } from '../events.ts';
import type { Env, Host } from '../host.ts';
import type { Plan } from '../plan.ts';
import { makeLogs } from './logs.ts';
import { makePlainRenderer } from './plain.ts';

/** Shows events. It decides nothing, and its end waits until all is written. */
export type Renderer = {
  readonly on: (event: Stamped) => void;
  readonly end: () => Promise<void>;
};

export type RenderOptions = {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly explain?: boolean;
  /** In a watch: the services that run already. */
  readonly standing?: readonly string[];
};

export type ViewFlags = Pick<ToolFlags, 'quiet' | 'verbose' | 'explain' | 'output'> & Pick<RenderOptions, 'standing'>;
type Flags = ViewFlags & Pick<ToolFlags, 'profile'>;

/** Everything that follows a run: the view that was asked for or that suits, the logs, and the profile if wanted. */
export async function openRenderer(host: Host, plan: Plan, flags: Flags): Promise<Renderer> {
  const view = await openView(host, plan, flags);
  const logs = makeLogs(host, plan.root);
  const profile =
    flags.profile === undefined ? [] : [await (await import('./profile.ts')).openProfile(host, plan, flags.profile)];
  const all = [logs, view, ...profile];
  return {
    on: (event) => {
      for (const renderer of all) renderer.on(event);
    },
    end: async () => {
      // Where the program is ended, there is only this turn.
      await Promise.all([logs.end(), view.end()]);
      for (const renderer of profile) await renderer.end();
    },
  };
}

/** The view alone. What few runs need is loaded only for them. */
export async function openView(host: Host, plan: Plan, flags: ViewFlags): Promise<Renderer> {
  const output = flags.output ?? defaultOutput(host, plan, flags);
  switch (output) {
    case 'json':
      return (await import('./json.ts')).makeJsonRenderer(host);
    case 'plain':
      return makePlainRenderer(host, plan, flags);
    case 'prefixed':
      return (await import('./prefixed.ts')).makePrefixedRenderer(host, plan, flags);
    case 'github':
      return (await import('./github.ts')).makeGithubRenderer(host, plan, flags);
    case 'list':
      return (await import('./listr.ts')).makeListRenderer(host, plan, flags);
    default:
      return output satisfies never;
  }
}

/**
 * A list only where a person sees it, for several tasks, and where none needs the terminal for itself. What one task prints is
 * what was asked for, and is shown as it comes.
 */
export function defaultOutput(
  { stdoutIsTerminal, stdoutColumns, env }: Host,
  plan: Plan,
  { quiet, verbose, explain }: RenderOptions,
): OutputName {
  if (env.GITHUB_ACTIONS === 'true') return 'github';
  const needsTerminal = plan.tasks.some((task) => task.interactive);
  const isOneTask = plan.tasks.length === 1;
  const suitsList =
    stdoutIsTerminal &&
    !isOneTask &&
    stdoutColumns > 0 &&
    !isAutomation(env) &&
    !needsTerminal &&
    !quiet &&
    !verbose &&
    explain !== true;
  return suitsList ? 'list' : 'plain';
}

function isAutomation(env: Env): boolean {
  return (env.CI ?? '') !== '' || env.TERM === 'dumb';
}
