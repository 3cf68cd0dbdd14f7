import { expect, test } from 'vitest';
import { keyOf } from '../../tasks/runner/fresh/key.ts';
import type { Part } from '../../tasks/runner/fresh/parts.ts';
import { noFiles } from '../../tasks/runner/fresh/snapshot.ts';

const part = (kind: Part['kind'], name: string, digest: string): Part => ({ kind, name, digest });
const key = (...parts: readonly Part[]): string => keyOf('build', parts, noFiles);

test('the key of a result does not depend on the order in which its parts are given', () => {
  const [command, param] = [part('command', '', 'd1'), part('param', 'mode', 'd2')];
  expect(key(command, param)).toBe(key(param, command));
});

test('a param, a variable and a tool of one name and content are not the same', () => {
  const keys = (['param', 'env', 'variable', 'tool'] as const).map((kind) => key(part(kind, 'cc', 'd')));
  expect(new Set(keys).size).toBe(4);
});

test('what belongs to the name of a part is not taken for its content', () => {
  expect(key(part('env', 'a', 'bc'))).not.toBe(key(part('env', 'ab', 'c')));
  expect(keyOf('build', [], noFiles)).not.toBe(keyOf('built', [], noFiles));
});
