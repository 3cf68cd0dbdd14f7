/** What is read of what real engines have said of themselves. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { toEngineInfo } from '../../tasks/lib/engine-info.ts';

const answer = (name: string, code = 0) => {
  const stdout = readFileSync(resolve(import.meta.dirname, `../fixtures/${name}-info.json`), 'utf8');
  return toEngineInfo({ command: 'info', code, stdout, stderr: '', tookMs: 1 });
};
const both = { kernel: '6.18.44-fc-v657', cgroups: 'v1', arch: 'x64', hasSelinux: false };

test('Podman and Docker are understood alike, and each tells of its disk what it knows', () => {
  expect(answer('podman-4.3.1-linux-root')).toEqual({
    ...both,
    runtime: 'crun',
    freeBytes: 245_181_358_080,
    imagesFolder: undefined,
  });
  expect(answer('docker-engine-26.1.5')).toEqual({
    ...both,
    runtime: 'runc',
    freeBytes: undefined,
    imagesFolder: '/var/lib/docker2',
  });
});

test('what comes with a failure is no answer: without its daemon, Docker’s client tells of itself', () => {
  expect(answer('docker-engine-26.1.5', 1)).toBe(undefined);
});
