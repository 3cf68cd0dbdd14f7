/**
 * What runs in a guest: starts both ends in a container and the profiler, pauses it for a while, plays the cases of the
 * conformance test, io_uring, many connections at once, some where kprobes are left out, a 32-bit process and one that ends
 * without a word, compares the trace with them, and asks the verifier what the programs cost. Each finding is a line; the last
 * says that the guest got to its end.
 */
import { uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cases } from '../../../test/bpf/cases.ts';
import { startPeer } from '../../../test/helpers/peer.ts';
import { compare, compareCaught, compareCrowd, compareTalk32 } from './compare.ts';
import { CROWDS, playCrowd } from './crowd.ts';
import { compareGone, playGone } from './gone.ts';
import { startProfiler } from './profiler.ts';
import { playTalk32 } from './talk32.ts';
import { compareUring, playUring } from './uring.ts';
import { measureVerifier } from './verifier.ts';
import { startWaiting } from './waiting.ts';

/** Nothing else runs in a guest. */
const PORT = 21_001;
const CROWD_PORTS = 100;
const PATIENCE_MS = 30_000;
const ENDS = 2;
const unheard = cases.find(({ transport }) => transport === 'ipv4');
if (unheard === undefined) throw new Error('no case is over IPv4');

/** This disk; what runs here is bundled. */
const root = import.meta.dirname;
const more = process.env.GUEST_CAPABILITY ?? '';

const peer = await startPeer(join(root, 'peer.py'), PORT);
const profiler = await startProfiler(root, more);
console.log(`GUEST profiler attached after ${uptime()} s`);
// What moves while capture is paused is not told: else that case is told twice. The others show that it was resumed.
await profiler.toggle();
await peer.play(unheard);
await profiler.toggle();
for (const each of cases) await peer.play(each);
const played = [...cases, ...(await playUring(peer, profiler))];
const answered: number[] = [];
for (const [index, crowd] of CROWDS.entries())
  answered.push(await playCrowd(join(root, 'crowd.py'), PORT + CROWD_PORTS * (index + 1), crowd));
const said = await playTalk32(join(root, 'talk32'), PORT - 1);
const gone = await playGone();
const ofCases = played.map(({ expected }) => expected.length);
const expected = gone + ENDS * [...answered, said.length, ...ofCases].reduce((sum, each) => sum + each, 0);
const exchanges = (): number => profiler.read().filter((line) => line.type === 'exchange').length;
for (let waited = 0; exchanges() < expected && waited < PATIENCE_MS; waited += 100) await wait(100);
console.log(`GUEST cases played after ${uptime()} s`);
const goOn = await startWaiting();
const { lines, header, status } = await profiler.stop();
const waited = await goOn();
await peer[Symbol.asyncDispose]();
console.log(`GUEST tier ${header?.tier}: ${header?.why}`);
const findings = [
  ...compare(played, lines, status, peer),
  ...CROWDS.map((crowd, index) => compareCrowd(lines, crowd, answered[index] ?? 0)),
  compareCaught(header?.tier, status),
  compareTalk32(lines, said),
  compareGone(lines),
  ...(header === undefined ? [] : [compareUring(header)]),
  waited,
];
console.log(`GUEST counters ${JSON.stringify(status.counters)}`);
for (const { name, problem } of findings)
  console.log(`CASE ${problem === undefined ? 'ok' : 'not ok'} ${name}${problem === undefined ? '' : `: ${problem}`}`);
for (const { program, instructions, stack } of measureVerifier(join(root, 'http_probe.o'))) {
  console.log(`VERIFIER ${program} ${instructions} ${stack}`);
}
console.log(`GUEST finished ${findings.length} cases`);
