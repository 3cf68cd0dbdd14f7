/** The trace against the server's own count: nginx's `stub_status`, never a number of ours. */

import { createReadStream } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { baseImages } from '../../tasks/lib/base-images.ts';
import { request } from '../../tasks/lib/http.ts';
import { parseTraceLine, type TraceLine } from '../../tasks/lib/trace-lines.ts';
import { podman, root, tasks } from '../helpers/checkout.ts';

const REQUESTS = 10_000;
const CONNECTIONS = 8;
const port = 18_081;
const name = 'tasks-test-nginx';
const marker = `count-${process.pid}`;

beforeAll(async () => {
  const up = await tasks(['up']);
  expect(up, up.output).toMatchObject({ code: 0 });
  const folder = join(import.meta.dirname, 'nginx');
  podman(
    'build',
    '-q',
    '-t',
    `localhost/${name}`,
    '--build-arg',
    `DEBIAN_IMAGE=${debianHere()}`,
    '-f',
    join(folder, 'Containerfile'),
    folder,
  );
  podman('run', '-d', '--rm', '--name', name, '--hostname', name, '-p', `127.0.0.1:${port}:80`, `localhost/${name}`);
  await vi.waitUntil(async () => (await request({ port, path: '/' })).status === 200, { timeout: 10_000 });
});

afterAll(async () => {
  podman('rm', '-f', '-t', '2', name);
  await tasks(['down']);
});

test(`${REQUESTS} kept-alive requests to nginx are traced as often as nginx counted them`, async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const worker = async (first: number) => {
    for (let n = first; n < REQUESTS; n += CONNECTIONS) {
      const { status } = await request({ port, path: `/${marker}/${n}`, agent });
      if (status !== 200) throw new Error(`request ${n} was answered with ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, first) => worker(first)));
  agent.destroy();
  const counted = await nginxCount();
  await expect
    .poll(async () => (await traced()).some((line) => line.target === '/stub_status'), { timeout: 10_000 })
    .toBe(true);
  const lines = await traced();
  expect(lines).toHaveLength(counted);
  const marked = lines.filter((line) => line.target.startsWith(`/${marker}/`));
  expect(new Set(marked.map((line) => line.target)).size).toBe(REQUESTS);
  expect(marked.every((line) => line.status === 200 && line.durationMs !== null && line.method === 'GET')).toBe(true);
});

/** The third number of `server accepts handled requests`; it counts the request that asks for it. */
async function nginxCount(): Promise<number> {
  const { body } = await request({ port, path: '/stub_status' });
  return Number(/requests\n \d+ \d+ (\d+)/.exec(body)?.[1]);
}

async function traced(): Promise<readonly TraceLine[]> {
  const input = createReadStream(join(root, 'container/traces/http-trace.txt'), 'utf8');
  const lines: TraceLine[] = [];
  for await (const line of createInterface({ input })) {
    const parsed = parseTraceLine(line);
    if (parsed?.container === name && parsed.role === 'server') lines.push(parsed);
  }
  return lines;
}

/** Whichever Debian the images were built from. */
function debianHere(): string {
  const [debian] = baseImages;
  const here = podman('images', '--format', '{{.Repository}}:{{.Tag}}').split('\n');
  const image = [debian?.official, debian?.bootstrapped].find((each) => each !== undefined && here.includes(each));
  if (image === undefined) throw new Error(`neither ${debian?.official} nor ${debian?.bootstrapped} is here`);
  return image;
}
