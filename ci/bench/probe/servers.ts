/** What is measured: servers in a cgroup that is named as a container's is, and the profiler itself. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ASIDE, HELD } from '../../../container/profiler/src/file-names.ts';
import { containIn } from '../../../test/helpers/contain.ts';
import { spawnOn } from './cores.ts';
import { nodeEnvironment, nodeFlags } from './image.ts';

export const NGINX_PORT = 23_300;
const NODE_PORT = 23_301;

export type Running = AsyncDisposable & { readonly pid: number; readonly url: string };
/** `toggle` pauses and resumes it. */
export type Profiler = Running & { readonly out: string; readonly toggle: () => void };

const NODE_SERVER = `require('node:http').createServer((request, response) => response.end('twenty-four bytes of body'))
  .listen(${NODE_PORT}, '127.0.0.1')`;

/** nginx with one worker, no log and a body of a few bytes. */
export async function startNginx(): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/errors; events {}
http { access_log off; keepalive_requests 1000000000;
${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
server { listen 127.0.0.1:${NGINX_PORT}; location / { return 200 "twenty-four bytes of body"; } } }`,
  );
  const url = `http://127.0.0.1:${NGINX_PORT}/`;
  return contain(spawnOn('server', 'nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')]), url, () =>
    rmSync(folder, { recursive: true }),
  );
}

/** A Node server of one line. */
export async function startNode(): Promise<Running> {
  return contain(spawnOn('server', process.execPath, ['-e', NODE_SERVER]), `http://127.0.0.1:${NODE_PORT}/`);
}

/** The profiler, on this machine and not in a container; resolves when it is attached. */
export async function startProfiler(env: Readonly<Record<string, string>>): Promise<Profiler> {
  const out = mkdtempSync(join(tmpdir(), 'bench-traces-'));
  for (const name of [...HELD, ...ASIDE]) writeFileSync(join(out, name), '');
  const root = resolve(import.meta.dirname, '../../..');
  const child = spawnOn('others', process.execPath, [...nodeFlags(), join(root, 'container/profiler/src/main.ts')], {
    env: {
      ...process.env,
      ...nodeEnvironment(),
      PROFILER_OUT: out,
      PROFILER_OBJECT: join(root, 'bpf/.output/http_probe.o'),
      PROFILER_MAX_BYTES: String(2 ** 32),
      ...env,
    },
  });
  let said = '';
  await new Promise<void>((ready, failed) => {
    const listen = (bytes: Buffer): void => {
      said += bytes;
      if (said.includes('attached')) ready();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => failed(new Error(`the profiler ended with ${code}: ${said}`)));
  });
  return {
    ...disposable(child, ''),
    out,
    toggle: () => child.kill('SIGUSR2'),
    [Symbol.asyncDispose]: () => end(child, () => rmSync(out, { recursive: true })),
  };
}

async function contain(child: ChildProcess, url: string, clean = (): void => {}): Promise<Running> {
  await untilAnswers(child, url);
  // nginx's worker runs by now and has to be moved with its parent.
  const group = containIn([child.pid ?? 0, ...childrenOf(child.pid ?? 0)]);
  return {
    ...disposable(child, url),
    [Symbol.asyncDispose]: () =>
      end(child, () => {
        clean();
        group[Symbol.dispose]();
      }),
  };
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

function disposable(child: ChildProcess, url: string): Running {
  return { pid: child.pid ?? 0, url, [Symbol.asyncDispose]: () => end(child) };
}

async function end(child: ChildProcess, clean = (): void => {}): Promise<void> {
  if (child.exitCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  clean();
}

async function untilAnswers(child: ChildProcess, url: string): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  while (failure === undefined && child.exitCode === null) {
    if (
      await fetch(url).then(
        (response) => response.text(),
        () => undefined,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw failure ?? new Error(`the server for ${url} ended with ${child.exitCode}`);
}
