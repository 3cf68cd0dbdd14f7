/** Turns capture on and off: programs are attached and detached, or put to sleep where the kernel attaches them only once. */
import { attachProgram, detachProgram } from './attach.ts';
import { openMap, update } from './bpf-maps.ts';
import type { BpfObject, BpfProgram } from './libbpf.ts';
import { inOrder, isTrampoline } from './tier.ts';

export type Switch = {
  readonly attach: () => void;
  readonly detach: () => void;
  /** Detaches all of them, for good. */
  readonly release: () => void;
};

/** `attachesOnce`: a trampoline that is detached cannot be attached again. */
export function createSwitch(object: BpfObject, attachesOnce: boolean): Switch {
  const asleep = openMap(object, '.data.asleep');
  const links = new Map<BpfProgram, bigint>();
  const sleep = (isAsleep: boolean): void =>
    update(asleep, Buffer.alloc(4), Buffer.from(Uint32Array.of(isAsleep ? 1 : 0).buffer));
  const detach = (programs: readonly BpfProgram[]): void => {
    for (const program of inOrder(programs).toReversed()) {
      const link = links.get(program);
      links.delete(program);
      if (link !== undefined) detachProgram(link);
    }
  };
  return {
    attach: () => {
      for (const program of inOrder(object.programs))
        if (!links.has(program)) links.set(program, attachProgram(program));
      sleep(false);
    },
    detach: () => {
      sleep(true);
      detach(object.programs.filter((program) => !attachesOnce || !isTrampoline(program)));
    },
    release: () => detach(object.programs),
  };
}
