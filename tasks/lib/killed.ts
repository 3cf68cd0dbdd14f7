/** A container whose process was killed. Podman 4.3 does not say `OOMKilled` even of one that the kernel killed at its limit. */
import type { Container } from './containers.ts';
import { composeFile } from './stack.ts';

const CODE = 137;
const BYTES_PER_MIB = 1024 ** 2;

type Ended = Pick<Container, 'state' | 'exitCode' | 'memoryLimitBytes'>;
export type Killed = { readonly why: string; readonly remedy: string };

/** The likely reason, and what mends it; undefined where it ended otherwise, or runs. */
export function explainKill({ state, exitCode, memoryLimitBytes }: Ended): Killed | undefined {
  if (state !== 'exited' || exitCode !== CODE) return undefined;
  if (memoryLimitBytes === 0)
    return {
      why: `was killed (code ${CODE}), as when memory runs out`,
      remedy: 'npx tasks doctor memory machine-memory && npx tasks up',
    };
  return {
    why: `was killed (code ${CODE}), as when its ${Math.round(memoryLimitBytes / BYTES_PER_MIB)} MiB of memory run out`,
    remedy: `npx tasks up  # with a higher \`mem_limit\` in ${composeFile}`,
  };
}
