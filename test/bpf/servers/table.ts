/** Servers as people run them, each with a log of its own: `METHOD TARGET STATUS` for each request, written by the server. */
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
  /** A target that tells how many requests it has answered, that one included. */
  readonly countTarget?: string;
  /** The server that it passes requests on to. */
  readonly behind?: 'nginx';
};

const program = (name: string): string => join(import.meta.dirname, 'programs', name);
/** How many of busybox's targets exist. */
const BUSYBOX_FILES = 10_000;

export const servers = {
  nginx: { needs: { nginx: 'nginx-light' }, command: nginx, countTarget: '/own-count' },
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
  haproxy: { needs: { haproxy: 'haproxy', nginx: 'nginx-light' }, command: haproxy, logsOutput: true, behind: 'nginx' },
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

function haproxy({ folder, port, next }: Place): readonly string[] {
  const conf = join(folder, 'haproxy.cfg');
  writeFileSync(
    conf,
    `global
  log stdout format raw local0 info
defaults
  mode http
  option dontlognull
  timeout connect 30s
  timeout client 120s
  timeout server 120s
listen proxy
  bind 127.0.0.1:${port}
  log global
  log-format "%HM %HU %ST"
  server next 127.0.0.1:${next}
`,
  );
  return ['haproxy', '-db', '-f', conf];
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
