/** Who moved a piece. Looked up by numbers, because it is asked for every record. */
import type { Process } from './exchange.ts';
import type { Groups } from './groups.ts';
import * as layout from './layout.ts';
import { readGroupId, readText } from './records.ts';
import type { Ring } from './ring.ts';

type Seen = { readonly process: Process; readonly words: Int32Array; readonly generation: number };

const MAX_SEEN = 4096;
/** The cgroup's ids and the command, in words of the record. */
const GROUP_WORDS = layout.group.size / 4;
const COMM_WORDS = layout.piece.comm.lengths[0] / 4;

export class Processes {
  readonly #groups: Groups;
  #seen = new Map<number, Seen>();
  #generation = 0;

  constructor(groups: Groups) {
    this.#groups = groups;
  }

  /** Names or decisions have changed. */
  forgetAll(): void {
    this.#generation++;
  }

  /** The process of the piece at a place of the ring. */
  find(ring: Ring, at: number): Process {
    const pid = ring.words[(at + layout.piece.pid) >> 2] ?? 0;
    const seen = this.#seen.get(pid);
    if (seen && seen.generation === this.#generation && isSame(seen.words, ring.words, at)) return seen.process;
    return this.#look(ring, at, pid);
  }

  #look(ring: Ring, at: number, pid: number): Process {
    const { container, isWanted } = this.#groups.find(readGroupId(ring, at + layout.piece.group));
    const comm = readText(ring, at + layout.piece.comm.at, layout.piece.comm.lengths[0]);
    const process = { pid, comm, container, isWanted };
    if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
    this.#seen.set(pid, { process, words: identifyingWords(ring.words, at), generation: this.#generation });
    return process;
  }
}

function identifyingWords(words: Int32Array, at: number): Int32Array {
  const group = (at + layout.piece.group) >> 2;
  const comm = (at + layout.piece.comm.at) >> 2;
  return Int32Array.of(...words.subarray(group, group + GROUP_WORDS), ...words.subarray(comm, comm + COMM_WORDS));
}

function isSame(seen: Int32Array, words: Int32Array, at: number): boolean {
  const group = (at + layout.piece.group) >> 2;
  const comm = (at + layout.piece.comm.at) >> 2;
  for (let index = 0; index < GROUP_WORDS; index++) if (seen[index] !== words[group + index]) return false;
  for (let index = 0; index < COMM_WORDS; index++) if (seen[GROUP_WORDS + index] !== words[comm + index]) return false;
  return true;
}
