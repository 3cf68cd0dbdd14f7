import type { OutputName } from '../args.ts';
import type { Event } from '../events.ts';
import type { Env, Host } from '../host.ts';
import type { Plan } from '../plan.ts';
import { makeJsonRenderer } from './json.ts';
import { makeListRenderer } from './listr.ts';
import { makePlainRenderer } from './plain.ts';

/** Shows events. It decides nothing, and its end waits until all is written. */
export type Renderer = {
  readonly ready: Promise<void>;
  readonly on: (event: Event) => void;
  readonly end: () => Promise<void>;
};

export type RenderOptions = { readonly quiet: boolean; readonly verbose: boolean; readonly explain?: boolean };

/** The renderer that was asked for, or the one that suits where the output goes. */
export function openRenderer(
  host: Host,
  plan: Plan,
  options: RenderOptions & { readonly output: OutputName | undefined },
): Renderer {
  switch (options.output ?? defaultOutput(host, plan, options)) {
    case 'json':
      return makeJsonRenderer(host);
    case 'plain':
      return makePlainRenderer(host, options);
    case 'list':
      return makeListRenderer(host, options);
  }
}

/** A list only where a person sees it, and where no task needs the terminal for itself. */
function defaultOutput(
  { stdoutIsTerminal, stdoutColumns, env }: Host,
  plan: Plan,
  { quiet, verbose, explain }: RenderOptions,
): OutputName {
  const needsTerminal = plan.tasks.some((task) => task.interactive);
  const suitsList =
    stdoutIsTerminal &&
    stdoutColumns > 0 &&
    !isAutomation(env) &&
    !needsTerminal &&
    !quiet &&
    !verbose &&
    explain !== true;
  return suitsList ? 'list' : 'plain';
}

function isAutomation(env: Env): boolean {
  return env.GITHUB_ACTIONS === 'true' || (env.CI ?? '') !== '' || env.TERM === 'dumb';
}
