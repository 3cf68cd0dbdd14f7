/** What asks the servers: each load makes as many requests as it is told, every one with a target of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Target = {
  readonly port: number;
  readonly folder: string;
  readonly prefix: string;
  readonly count: number;
};

export type Load = {
  readonly needs: Readonly<Record<string, string>>;
  readonly run: (target: Target) => Promise<void>;
  /** Some requests are under way when it stops; it makes at least as many as it is told. */
  readonly isCutOff?: true;
};

const program = (name: string): string => join(import.meta.dirname, 'programs', name);
/** Longer than any load takes: wrk only ends early by itself. */
const WRK_LIMIT = '-d3600s';
const UPLOAD_BYTES = 3_000;
/** Of a load that is measured in time; it is repeated until it has made enough. */
const FAST_SECONDS = 5;

/** How curl asks; an upload says in its header how. */
type Way = { readonly name: string; readonly options: readonly string[]; readonly header?: string };

const DOWNLOADS: readonly Way[] = [
  { name: 'parallel', options: ['--parallel', '--parallel-immediate', '--parallel-max', '20'] },
  { name: 'kept', options: [] },
  { name: 'old', options: ['--http1.0'] },
];
const UPLOADS: readonly Way[] = [
  { name: 'chunked', options: [], header: 'Transfer-Encoding: chunked' },
  { name: 'continued', options: [], header: 'Expect: 100-continue' },
];

export const loads = {
  'wrk, 2 connections': { needs: { wrk: 'wrk' }, run: (target) => wrk(target, 2) },
  'wrk, 50 connections': { needs: { wrk: 'wrk' }, run: (target) => wrk(target, 50) },
  'wrk at full speed, 2 connections': { needs: { wrk: 'wrk' }, run: (target) => fastWrk(target, 2), isCutOff: true },
  'wrk at full speed, 50 connections': { needs: { wrk: 'wrk' }, run: (target) => fastWrk(target, 50), isCutOff: true },
  curl: { needs: { curl: 'curl' }, run: (target) => curl(target, [...DOWNLOADS, ...UPLOADS]) },
  'curl, downloads only': { needs: { curl: 'curl' }, run: (target) => curl(target, DOWNLOADS) },
  websocket: {
    needs: {},
    run: ({ port, prefix, count }) =>
      call([process.execPath, program('websocket.mjs'), 'ask', String(port), prefix, String(count)]),
  },
} as const satisfies Readonly<Record<string, Load>>;

function wrk({ port, prefix, count }: Target, connections: number): Promise<void> {
  const script = ['-s', program('ids.lua'), `http://127.0.0.1:${port}`, '--', prefix, String(count)];
  return call(['wrk', '-t1', `-c${connections}`, WRK_LIMIT, '--timeout', '60s', ...script]);
}

async function fastWrk({ port, prefix, count }: Target, connections: number): Promise<void> {
  for (let round = 1, made = 0; made < count; round++) {
    const script = ['-s', program('fast.lua'), `http://127.0.0.1:${port}`, '--', `${prefix}${round}/`];
    const said = await output(['wrk', '-t1', `-c${connections}`, `-d${FAST_SECONDS}s`, ...script]);
    const more = Number(/(\d+) requests in/.exec(said)?.[1]);
    if (!(more > 0)) throw new Error(`wrk made no requests of port ${port}: ${said}`);
    made += more;
  }
}

async function curl({ port, folder, prefix, count }: Target, ways: readonly Way[]): Promise<void> {
  const body = join(folder, 'upload');
  writeFileSync(body, 'u'.repeat(UPLOAD_BYTES));
  const share = Math.ceil(count / ways.length);
  for (const { name, options, header } of ways) {
    const upload = header === undefined ? [] : ['--data-binary', `@${body}`, '-H', header];
    await call(['curl', '-sS', ...options, ...upload, `http://127.0.0.1:${port}${prefix}${name}/[1-${share}]`]);
  }
}

async function call(command: readonly string[]): Promise<void> {
  await output(command);
}

async function output([file = '', ...args]: readonly string[]): Promise<string> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let said = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const [code] = await closed;
  if (code !== 0) throw new Error(`${[file, ...args].join(' ')} ended with ${code}: ${complaints}`);
  return said;
}
