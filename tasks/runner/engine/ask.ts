import { attempt } from '../attempt.ts';
import type { EngineName } from '../engine.ts';
import type { Runner } from '../process/capture.ts';
import type { Engine, Ran } from '../script.ts';
import type { Privilege } from './elevate.ts';

export type Answer =
  | { readonly state: 'answers'; readonly engine: Engine }
  | { readonly state: 'missing'; readonly name: EngineName }
  | { readonly state: 'silent'; readonly name: EngineName; readonly problem: string; readonly remedy?: string };

const timeoutMs = 5_000;
/** Over ssh to a machine that has just booted, or on a busy host, this is slow; what answers late answers all the same. */
const infoTimeoutMs = 15_000;
const notFoundByEnv = 127;
const noSudo = {
  problem: 'it needs root here, and `sudo` is not installed',
  remedy: 'run `npx tasks doctor`, which says how to get it',
};
const notRoots = {
  problem: 'it needs root here, and is not on root’s PATH',
  remedy: 'install it where root finds it, with the system’s package manager',
};

/** Podman answers when `podman info` does; on Linux it is asked as root. */
export async function askPodman(run: Runner, privilege: Privilege): Promise<Answer> {
  // Nobody is asked for a password for what is not installed.
  const installed = privilege.needsRoot ? await run(['podman', '--version'], { timeoutMs }) : undefined;
  if (installed?.problem === 'not-found') return { state: 'missing', name: 'podman' };
  const command = privilege.asRoot(['podman']);
  const info = await run([...command, 'info', '--format', 'json'], { timeoutMs: infoTimeoutMs });
  const isMissing = info.problem === 'not-found' || info.code === notFoundByEnv;
  if (isMissing && installed === undefined) return { state: 'missing', name: 'podman' };
  if (isMissing) return { state: 'silent', name: 'podman', ...(info.problem === 'not-found' ? noSudo : notRoots) };
  const found = readPodmanInfo(info);
  if (found === undefined) return silent('podman', info, privilege);
  return {
    state: 'answers',
    engine: { name: 'podman', ...found, command, elevate: privilege.asRoot, disguised: false, info },
  };
}

/** Docker answers when `docker info` names a server; it is asked as the caller first, then as root. */
export async function askDocker(run: Runner, privilege: Privilege): Promise<Answer> {
  const asCaller = await askDockerAs(run, privilege.plain);
  if (asCaller.state !== 'silent' || !privilege.needsRoot) return asCaller;
  const asRoot = await askDockerAs(run, privilege.asRoot);
  return asRoot.state === 'answers' ? asRoot : asCaller;
}

async function askDockerAs(run: Runner, elevate: Privilege['plain']): Promise<Answer> {
  const command = elevate(['docker']);
  const ask = (format: string) => run([...command, 'info', '--format', format], { timeoutMs: infoTimeoutMs });
  const first = await ask('json');
  if (first.problem === 'not-found') return { state: 'missing', name: 'docker' };
  // Docker before 23 takes the word for a template.
  const info = first.stdout.trim() === 'json' ? await ask('{{json .}}') : first;
  const disguisedPodman = readPodmanInfo(info);
  if (disguisedPodman !== undefined) {
    return {
      state: 'answers',
      engine: { name: 'podman', ...disguisedPodman, command, elevate, disguised: true, info },
    };
  }
  const version = field(parse(info.stdout), 'ServerVersion');
  if (typeof version !== 'string' || version === '') return silent('docker', info);
  const server = await run([...command, 'version', '--format', 'json'], { timeoutMs });
  const disguised = /"Name":\s*"Podman Engine"/.test(server.stdout);
  const rootful = !JSON.stringify(field(parse(info.stdout), 'SecurityOptions') ?? []).includes('rootless');
  return { state: 'answers', engine: { name: 'docker', version, command, elevate, rootful, disguised, info } };
}

function readPodmanInfo(info: Ran): { readonly version: string; readonly rootful: boolean } | undefined {
  if (info.code !== 0) return undefined;
  const data = parse(info.stdout);
  const version = field(field(data, 'version'), 'Version');
  const rootless = field(field(field(data, 'host'), 'security'), 'rootless');
  return typeof version === 'string' ? { version, rootful: rootless === false } : undefined;
}

function silent(name: EngineName, ran: Ran, privilege?: Privilege): Answer {
  const needsPassword = privilege?.needsRoot === true && /sudo: (a password|a terminal|no tty)/.test(ran.stderr);
  if (needsPassword) {
    return {
      state: 'silent',
      name,
      problem: 'it needs root here, and `sudo` asks for a password',
      remedy: 'run `sudo -v` and try again, or start from a terminal',
    };
  }
  if (ran.problem === 'timed-out')
    return { state: 'silent', name, problem: `\`${ran.command}\` took longer than ${infoTimeoutMs / 1_000} s` };
  const serverErrors = field(parse(ran.stdout), 'ServerErrors');
  const said = Array.isArray(serverErrors) ? String(serverErrors[0]) : ran.stderr.trim().split('\n').at(-1);
  return {
    state: 'silent',
    name,
    problem: said === undefined || said === '' ? `\`${ran.command}\` ended with ${ran.code}` : said,
  };
}

function parse(text: string): unknown {
  return attempt(() => JSON.parse(text) as unknown, undefined);
}

function field(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[name] : undefined;
}
