import { accessSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isErrno } from '../../tasks/runner/host.ts';
import { machineProblem } from '../../tasks/runner/machine-problem.ts';

const refusal = (code: string, more: object) => Object.assign(new Error(`${code}: no`), { code, ...more });
const failing = (place: string) =>
  `that disk, or the network it is on, fails: see \`df ${place}\` and \`dmesg | tail\``;

test.each([
  ['EIO', { syscall: 'open', path: '/p/a file' }, failing("'/p/a file'")],
  // Of two names the second is where something was to be written.
  ['EIO', { syscall: 'symlink', path: 'claim', dest: '/p/build.lock' }, failing('/p/build.lock')],
  ['EIO', { syscall: 'read' }, 'that disk, or the network it is on, fails: see `df` and `dmesg | tail`'],
  ['ENOSPC', { syscall: 'open', path: '/p/a' }, 'make room there: `df -h /p` and `df -i /p` show how much there is'],
  ['ENOSPC', { syscall: 'write' }, 'make room there: `df -h` and `df -i` show how much there is'],
  [
    'EMFILE',
    { syscall: 'open', path: '/p' },
    'this shell allows too few open files: raise `ulimit -n`, or lower `--jobs`',
  ],
  ['EPERM', { syscall: 'ftruncate' }, undefined],
  ['ENODEV', { syscall: 'open', path: '/p' }, undefined],
])('%s of %o is the machine’s', (code, more, hint) => {
  const message = `${code}: no`;
  expect(machineProblem(refusal(code, more))).toEqual(hint === undefined ? { message } : { message, hint });
});

test.each([
  ['a bug', new TypeError('x is not a function')],
  ['an error of Node, which names no system call', refusal('ERR_INVALID_ARG_TYPE', {})],
  ['a file that is gone', refusal('ENOENT', { syscall: 'open', path: '/p' })],
  ['what is no error', 'EIO'],
])('%s is not', (_what, thrown) => {
  expect(machineProblem(thrown)).toBeUndefined();
});

/** As Node throws them: it has no name for them. */
const unnamed = (errno: number, message: string, more: object) =>
  Object.assign(new Error(message), { code: message.split(':')[0], errno: -errno, ...more });

test.each([
  [
    unnamed(constants.errno.EDQUOT, 'UNKNOWN: unknown error, write', { syscall: 'write' }),
    'EDQUOT',
    {
      message: 'EDQUOT: disk quota exceeded, write',
      hint: 'make room there: `df -h` and `df -i` show how much there is',
    },
  ],
  [
    unnamed(constants.errno.ESTALE, "Unknown system error -116: Unknown system error -116, open '/p/a'", {
      syscall: 'open',
      path: '/p/a',
    }),
    'ESTALE',
    { message: "ESTALE: stale file handle, open '/p/a'", hint: failing('/p/a') },
  ],
])('%s is told as what it is', (error, code, problem) => {
  expect(isErrno(error, code)).toBe(true);
  expect(machineProblem(error)).toEqual(problem);
});

test('what the system itself throws is told apart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'problem-'));
  try {
    symlinkSync('loop', join(folder, 'loop'));
    expect(thrownBy(() => accessSync(join(folder, 'loop')))).toMatchObject({
      message: expect.stringMatching(/^ELOOP: /),
    });
    expect(thrownBy(() => readFileSync(join(folder, 'nothing')))).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function thrownBy(work: () => unknown) {
  try {
    return { returned: work() };
  } catch (error) {
    return machineProblem(error);
  }
}
