/** A real nginx with WebDAV on the loopback, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './port.ts';

export type Nginx = AsyncDisposable & {
  readonly url: string;
  /** The files that it has, relative to its root. */
  readonly files: () => Promise<readonly string[]>;
  readonly path: (name: string) => string;
};

/** Starts it with an empty root; it takes PUT for everybody. */
export async function startNginx(): Promise<Nginx> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nginx-')));
  const port = await freePort();
  await mkdir(join(folder, 'root'));
  await writeFile(join(folder, 'nginx.conf'), configOf(folder, port));
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await untilAnswers(child, `http://127.0.0.1:${port}/`);
  return {
    url: `http://127.0.0.1:${port}`,
    path: (name) => join(folder, 'root', name),
    files: async () => {
      const entries = await readdir(join(folder, 'root'), { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, 'root').length + 1))
        .sort();
    },
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGQUIT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configOf(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${folder}/${name};\n`,
  );
  return `daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr;
events {}
http {
  access_log off;
${temporary.join('')}  server {
    listen 127.0.0.1:${port};
    root ${folder}/root;
    client_max_body_size 0;
    location / {
      dav_methods PUT;
      create_full_put_path on;
    }
  }
}
`;
}

async function untilAnswers(child: ChildProcess, url: string): Promise<void> {
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`nginx ended with ${code}; it comes with the package nginx-light`);
  });
  const spawned = once(child, 'error').then(([error]) => {
    throw new Error(`nginx cannot be started (${error.message}); it comes with the package nginx-light`);
  });
  const answers = async (): Promise<void> => {
    for (;;) {
      const isUp = await fetch(url).then(
        () => true,
        () => false,
      );
      if (isUp) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await Promise.race([answers(), failed, spawned]);
  failed.catch(() => undefined);
  spawned.catch(() => undefined);
}
