/** 32-bit processes, at both ends, in each way in which they move bytes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compileC } from '../helpers/compile-c.ts';
import { freePort } from '../helpers/port.ts';
import { startProfiler } from '../helpers/profiler.ts';
import { expectTalk32, toldOfTalk32 } from '../helpers/talk32.ts';

const folder = mkdtempSync(join(tmpdir(), 'talk32-'));
const options = '-m32 -march=i686 -ffreestanding -fno-pic -no-pie -fno-stack-protector -nostdlib -static';
const program = compileC(folder, join(import.meta.dirname, 'talk32.c'), options.split(' '));

afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(program === undefined).each(['A', 'B'])('32-bit processes are told in full, tier %s', async (tier) => {
  const port = String(await freePort());
  await using profiler = await startProfiler({
    PROFILER_TIER: tier,
    PROFILER_ROLE: 'both',
    PROFILER_PORTS: port,
  });
  const said = execFileSync(program ?? '', [port], { encoding: 'utf8' })
    .trim()
    .split('\n');
  await profiler.stop();
  expect(expectTalk32(said)).toContain('server GET /32/socketcall-recvmsg 200 complete 48/40');
  expect(toldOfTalk32(profiler.lines())).toEqual(expectTalk32(said));
  const { exchanges, records, connections, ...lost } = profiler.status().counters;
  expect(lost).toEqual({});
});
