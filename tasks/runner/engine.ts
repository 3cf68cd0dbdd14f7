import { join } from 'node:path';
import type { Answer } from './engine/ask.ts';
import type { Privilege } from './engine/elevate.ts';
import type { Host } from './host.ts';
import type { Runner } from './process/capture.ts';
import type { Engine } from './script.ts';

export type EngineName = Engine['name'];

/** What was found: an engine that answers, or why none does and what to do. */
export type EngineState =
  | { readonly state: 'answers'; readonly engine: Engine }
  | { readonly state: 'silent'; readonly problem: string; readonly remedy: string };

/** The engine of a run: asked once, and again only after something was mended. */
export type EngineSource = {
  readonly ask: () => Promise<EngineState>;
  readonly forget: () => void;
  /** `sudo` has asked in vain: it is not to ask again, over what is drawn. */
  readonly askForNoPassword: () => void;
};

type Options = {
  readonly host: Pick<Host, 'env' | 'platform' | 'user' | 'stdinIsTerminal' | 'readText'>;
  readonly root: string;
  readonly wanted: EngineName | undefined;
  readonly run: Runner;
};

/** Makes the source; only an engine that answers is remembered, so that what starts it later is seen. */
export function makeEngineSource(options: Options): EngineSource {
  let asked: Promise<EngineState> | undefined;
  let mayAsk = options.host.stdinIsTerminal;
  return {
    ask: async () => {
      asked ??= findEngine(options, mayAsk);
      const state = await asked;
      if (state.state === 'silent') asked = undefined;
      return state;
    },
    forget: () => {
      asked = undefined;
    },
    askForNoPassword: () => {
      mayAsk = false;
    },
  };
}

/** In order: what `--engine` says, what `TASKS_ENGINE` says, podman, docker. */
async function findEngine(options: Options, mayAsk: boolean): Promise<EngineState> {
  const { host, wanted } = options;
  const named = wanted ?? host.env.TASKS_ENGINE;
  const isUnknown = named !== undefined && named !== '' && named !== 'podman' && named !== 'docker';
  if (isUnknown)
    return { state: 'silent', problem: `\`TASKS_ENGINE\` is \`${named}\``, remedy: 'set it to `podman` or `docker`' };
  const names: readonly EngineName[] = named === 'podman' || named === 'docker' ? [named] : ['podman', 'docker'];
  const privilege = await readPrivilege(options, mayAsk);
  const { askDocker, askPodman } = await import('./engine/ask.ts');
  const answers: Answer[] = [];
  for (const name of names) {
    const answer =
      name === 'podman' ? await askPodman(options.run, privilege) : await askDocker(options.run, privilege);
    if (answer.state === 'answers') return answer;
    answers.push(answer);
  }
  return describeSilence(answers, host.platform.os);
}

async function readPrivilege({ host, root, run }: Options, mayAsk: boolean): Promise<Privilege> {
  const callers = host.env.CONTAINERS_CONF;
  const containersConf = callers ?? (await ownSettings(host, root));
  const needsRoot = host.platform.os === 'linux' && host.user !== undefined && host.user.uid !== 0;
  const { makeElevate } = await import('./engine/elevate.ts');
  const { proxyVariables } = await import('./engine/proxy.ts');
  const proxies = proxyVariables(host.env);
  const kept = needsRoot && proxies.length > 0 && (await mayKeep(run, proxies)) ? proxies : [];
  return makeElevate({ needsRoot, mayAsk, containersConf, isCallers: callers !== undefined, proxyVariables: kept });
}

/** Only who may run everything may also tell sudo what to keep: others would be refused the whole command. */
async function mayKeep(run: Options['run'], names: readonly string[]): Promise<boolean> {
  const tried = await run(['env', 'LC_ALL=C', 'sudo', '-n', `--preserve-env=${names.join(',')}`, 'true']);
  return tried.code === 0 || !tried.stderr.includes('environment variables');
}

/** Written for a host that starts containers itself. Elsewhere podman's own file holds its way to the machine, and must be read. */
async function ownSettings(host: Options['host'], root: string): Promise<string | undefined> {
  if (host.platform.os !== 'linux') return undefined;
  const path = join(root, '.tasks', 'containers.conf');
  return (await host.readText(path)) === undefined ? undefined : path;
}

/** Says of each engine why it does not answer; the first remedy that one knows itself is given. */
function describeSilence(answers: readonly Answer[], os: string): EngineState {
  const silent = answers.flatMap((answer) => (answer.state === 'silent' ? [answer] : []));
  const missing = answers.flatMap((answer) => (answer.state === 'missing' ? [`\`${answer.name}\``] : []));
  const problems = [
    ...(missing.length === 0 ? [] : [`no ${missing.join(' or ')} on PATH`]),
    ...silent.map(({ name, problem }) => `\`${name}\` does not answer: ${problem}`),
  ];
  const own = silent.find(({ remedy }) => remedy !== undefined)?.remedy;
  const isMachine = os === 'darwin' && silent.some(({ name }) => name === 'podman');
  const remedy = own ?? (isMachine ? 'run `podman machine start`' : 'run `npx tasks doctor`, which says how to fix it');
  return { state: 'silent', problem: problems.join('; '), remedy };
}
