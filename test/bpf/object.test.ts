/** The compiled probe: names that the kernel keeps whole, and a layout that user space knows. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildProbe } from '../helpers/build-probe.ts';
import { root } from '../helpers/checkout.ts';
import { files, read } from '../helpers/tree.ts';

const KEPT_CHARACTERS = 15;

beforeAll(buildProbe);

test('the kernel keeps the names of programs and maps whole, and no two are alike', () => {
  const sources = files(/^bpf\/.*\.(c|h)$/).map(read);
  const programs = sources.flatMap((text) =>
    [...text.matchAll(/^int (?:BPF_PROG\()?(hp_\w+)/gm)].map((match) => match[1]),
  );
  const maps = sources.flatMap((text) => [...text.matchAll(/^\} (hp_\w+) SEC\("\.maps"\)/gm)].map((match) => match[1]));
  const names = [...programs, ...maps].map((name) => name ?? '');
  expect(maps.length).toBeGreaterThan(3);
  expect(programs.length).toBeGreaterThan(1);
  expect(names.filter((name) => name.length > KEPT_CHARACTERS)).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test('`layout.ts` is what the object’s BTF says', () => {
  const generated = execFileSync(
    join(root, 'node_modules/.bin/jiti'),
    [join(root, 'ci/generate/layout.ts'), join(root, 'bpf/.output/http_probe.o'), '-'],
    { encoding: 'utf8' },
  );
  expect(readFileSync(join(root, 'container/profiler/src/layout.ts'), 'utf8')).toBe(generated);
});

test('every file of the probe says its licence first', () => {
  const without = files(/^bpf\/.*\.(c|h)$/).filter(
    (path) => !/^(\/\/|\/\*) SPDX-License-Identifier: /.test(read(path)),
  );
  expect(without).toEqual([]);
});
