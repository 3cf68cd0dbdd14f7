/** The kernel's head finder, compiled for the host and fed with what a fuzzer thinks of. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../helpers/checkout.ts';

const here = join(import.meta.dirname, 'fuzz');
/** `FUZZ_SECONDS` asks for more. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 60);
const hasFuzzer = existsSync(runtime());

test.skipIf(!hasFuzzer)('the head finder is never wrong about a head, and never reads a byte too far', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  try {
    const fuzzer = join(folder, 'head');
    // The kernel's processors read words at any address; so do ours.
    const sanitizers = ['-fsanitize=fuzzer,address,undefined', '-fno-sanitize=alignment', '-fno-sanitize-recover=all'];
    const flags = ['-g', '-O1', '-Wall', '-Wextra', '-Wno-unused-function', ...sanitizers, '-I', join(root, 'bpf')];
    execFileSync('clang', [...flags, join(here, 'head.c'), '-o', fuzzer], { stdio: 'pipe' });
    cpSync(join(here, 'seeds'), join(folder, 'corpus'), { recursive: true });
    const limits = [
      `-max_total_time=${SECONDS}`,
      '-max_len=8600',
      `-artifact_prefix=${folder}/`,
      '-print_final_stats=1',
    ];
    const { status, stderr } = spawnSync(fuzzer, [...limits, join(folder, 'corpus')], { encoding: 'utf8' });
    expect(status, stderr.slice(-3000)).toBe(0);
    expect(Number(/number_of_executed_units: (\d+)/.exec(stderr)?.[1])).toBeGreaterThan(1000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Where clang looks for the fuzzer that it links. */
function runtime(): string {
  const processor = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const name = `libclang_rt.fuzzer-${processor}.a`;
  return spawnSync('clang', [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout?.trim() ?? '';
}
