/** A program of the probe that is attached to nothing, and runs when it is asked. */
import { type BpfObject, programDescriptor } from './libbpf.ts';
import { bpf, defineStructure, failure } from './native.ts';

/** struct bpf_test_run_opts of libbpf.h, and its size. */
const RUN_OPTIONS = {
  sz: 'size_t',
  data_in: 'const void *',
  data_out: 'void *',
  data_size_in: 'uint32_t',
  data_size_out: 'uint32_t',
  ctx_in: 'const uint64_t *',
  ctx_out: 'void *',
  ctx_size_in: 'uint32_t',
  ctx_size_out: 'uint32_t',
  retval: 'uint32_t',
  repeat: 'int',
  duration: 'uint32_t',
  flags: 'uint32_t',
  cpu: 'uint32_t',
  batch_size: 'uint32_t',
};
const RUN_OPTIONS_BYTES = 80;
defineStructure('bpf_test_run_opts', RUN_OPTIONS);

type RunOptions = { readonly [field in keyof Omit<typeof RUN_OPTIONS, 'retval'>]: unknown } & { retval: number };

const run = bpf<(program: number, options: RunOptions) => number>(
  'int bpf_prog_test_run_opts(int, _Inout_ bpf_test_run_opts *)',
);

export const IS_OPEN = 'hp_is_open';

/** Whether a socket is still open somewhere, by its address in the kernel and its inode. Throws where the kernel does not run its program. */
export function createIsOpen({ asked }: BpfObject): (sock: bigint, conn: number) => boolean {
  const [program] = asked.filter(({ name }) => name === IS_OPEN).map(programDescriptor);
  if (program === undefined) throw new Error(`the program \`${IS_OPEN}\` was not loaded`);
  const isOpen = (sock: bigint, conn: number): boolean => {
    const options = runOptions(BigUint64Array.of(sock, BigInt(conn)));
    const result = run(program, options);
    if (result !== 0) throw failure(`the kernel refused to run the program \`${IS_OPEN}\``, -result);
    return options.retval !== 0;
  };
  // A socket that there is not: that the kernel runs it is known from the start.
  isOpen(0n, 0);
  return isOpen;
}

function runOptions(words: BigUint64Array): RunOptions {
  const nothing = { data_in: null, data_out: null, data_size_in: 0, data_size_out: 0, ctx_out: null, ctx_size_out: 0 };
  const context = { ctx_in: words, ctx_size_in: words.byteLength };
  const how = { repeat: 0, duration: 0, flags: 0, cpu: 0, batch_size: 0 };
  return { sz: RUN_OPTIONS_BYTES, ...nothing, ...context, ...how, retval: 0 };
}
