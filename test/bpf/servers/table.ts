/** Servers as people run them, each with a log of its own: `METHOD TARGET STATUS` for each request, written by the server. */
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export type Place = {
  readonly folder: string;
  readonly port: number;
  /** Of the server that it passes requests on to; 0 without one. */
  readonly next: number;
  readonly log: string;
};

export type Server = {
  /** What it calls, and the Debian package of each. */
  readonly needs: Readonly<Record<string, string>>;
  /** Makes what it takes and gives the command; its output is appended to `log` where `logsOutput`. */
  readonly command: (place: Place) => readonly string[];
  readonly logsOutput?: true;
  /** Reads its log where that is not one line for each request. */
  readonly readLog?: (text: string) => readonly string[];
  /** How many requests it says that it has answered, where it counts them apart from its log. */
  readonly count?: (place: Place) => Promise<number>;
  /** The server that it passes every request on to, whose log then tells what it was asked. */
  readonly behind?: 'nginx';
};

const program = (name: string): string => join(import.meta.dirname, 'programs', name);
/** How many of busybox's targets exist. */
const BUSYBOX_FILES = 10_000;

export const servers = {
  nginx: { needs: { nginx: 'nginx-light' }, command: nginx, count: countOfNginx },
  node: { needs: {}, command: ({ port, log }) => [process.execPath, program('node.mjs'), String(port), log] },
  websocket: {
    needs: {},
    command: ({ port, log }) => [process.execPath, program('websocket.mjs'), 'serve', String(port), log],
  },
  'python-threads': {
    needs: { python3: 'python3' },
    command: ({ port, log }) => ['python3', program('threads.py'), String(port), log],
  },
  'python-forks': {
    needs: { python3: 'python3' },
    command: ({ port, log }) => ['python3', program('forks.py'), String(port), log],
  },
  go: { needs: { go: 'golang-go' }, command: go },
  java: {
    needs: { java: 'default-jdk-headless' },
    command: ({ port, log }) => ['java', program('Server.java'), String(port), log],
  },
  busybox: { needs: { busybox: 'busybox' }, command: busybox, logsOutput: true, readLog: readBusyboxLog },
  haproxy: {
    needs: { haproxy: 'haproxy', nginx: 'nginx-light' },
    command: haproxy,
    count: countOfHaproxy,
    behind: 'nginx',
  },
} as const satisfies Readonly<Record<string, Server>>;

function nginx({ folder, port, log }: Place): readonly string[] {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const conf = join(folder, 'nginx.conf');
  writeFileSync(
    conf,
    `daemon off; worker_processes 2; pid ${folder}/pid; error_log ${folder}/errors; events {}
http {
  log_format own '$request_method $request_uri $status';
  access_log ${log} own;
  keepalive_requests 1000000000;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port};
    location / { return 200 "a body"; }
    location = /own-count { stub_status; }
  }
}`,
  );
  return ['nginx', '-p', folder, '-c', conf];
}

/** The request for it is one of them. */
async function countOfNginx({ port }: Place): Promise<number> {
  const told = await (await fetch(`http://127.0.0.1:${port}/own-count`)).text();
  return Number(/^\s*\d+ \d+ (\d+)/m.exec(told)?.[1]);
}

/** It keeps no log, which under load leaves lines out; its statistics leave none out. */
function haproxy({ folder, port, next }: Place): readonly string[] {
  const conf = join(folder, 'haproxy.cfg');
  writeFileSync(
    conf,
    `global
  stats socket ${join(folder, 'stats')}
defaults
  mode http
  timeout connect 30s
  timeout client 120s
  timeout server 120s
listen proxy
  bind 127.0.0.1:${port}
  server next 127.0.0.1:${next}
`,
  );
  return ['haproxy', '-db', '-f', conf];
}

/** Its statistics are a table with commas, whose first line names the columns. A connection without a request is an error among them. */
async function countOfHaproxy({ folder }: Place): Promise<number> {
  const socket = connect(join(folder, 'stats'));
  socket.end('show stat\n');
  const [names = [], ...rows] = (await text(socket)).split('\n').map((line) => line.split(','));
  const proxy = rows.find(([name, kind]) => name === 'proxy' && kind === 'FRONTEND');
  const column = (name: string): number => Number(proxy?.[names.indexOf(name)]);
  return column('req_tot') - column('ereq');
}

function go({ folder, port, log }: Place): readonly string[] {
  const binary = join(folder, 'server');
  const env = { ...process.env, GO111MODULE: 'off', GOCACHE: join(folder, 'cache'), GOTOOLCHAIN: 'local' };
  execFileSync('go', ['build', '-o', binary, program('server.go')], { env });
  return [binary, String(port), log];
}

/** It closes every connection, forks for each, and lets few wait: more than a handful at once come seconds late. */
function busybox({ folder, port }: Place): readonly string[] {
  const files = join(folder, 'files/some');
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, '1'), 'a body');
  for (let id = 2; id <= BUSYBOX_FILES; id++) linkSync(join(files, '1'), join(files, String(id)));
  return ['busybox', 'httpd', '-f', '-vv', '-p', `127.0.0.1:${port}`, '-h', join(folder, 'files')];
}

/** It says target and status in two lines, both of which begin with the client's address. */
function readBusyboxLog(text: string): readonly string[] {
  const targets = new Map<string, string>();
  return text.split('\n').flatMap((line) => {
    const [, client = '', what, value = ''] = /^(\S+): (url|response):(\S+)$/.exec(line) ?? [];
    if (what === 'url') targets.set(client, value);
    return what === 'response' ? [`GET ${targets.get(client)} ${value}`] : [];
  });
}
