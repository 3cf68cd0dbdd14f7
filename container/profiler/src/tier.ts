/** Which way of looking the probe has on this kernel, why, and what it cannot see that way. */

export type Tier = { readonly tier: string; readonly why: string; readonly unseen: readonly string[] };

/** From the places where the probe is attached. */
export function tierOf(hooks: readonly string[]): Tier {
  const isTierA = hooks.includes('tp_btf/sys_exit');
  return {
    tier: isTierA ? 'A' : 'unknown',
    why: 'one BTF tracepoint sees the end of every system call',
    unseen: [
      'what io_uring moves',
      'requests that are spliced or received by splice',
      'system calls of 32-bit processes',
      'HTTP/2, HTTP/3 and what is encrypted',
    ],
  };
}
