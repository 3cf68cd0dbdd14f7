/** Functions of C libraries, through koffi. Pointers are bigints. */
import koffi, { type KoffiFunc } from 'koffi';
import { BpfError } from './errors.ts';

export type Pointer = bigint | null;
type Anything = (...args: never[]) => unknown;

const libbpf = koffi.load('libbpf.so.1');
const libc = koffi.load('libc.so.6');

/** A function of libbpf, by its prototype. */
export function bpf<T extends Anything>(prototype: string): KoffiFunc<T> {
  return libbpf.func(prototype) as KoffiFunc<T>;
}

/** A function of the C library. */
export function c<T extends Anything>(prototype: string): KoffiFunc<T> {
  return libc.func(prototype) as KoffiFunc<T>;
}

/** Lets prototypes name a C structure, by its fields in their order. */
export function defineStructure(name: string, fields: Readonly<Record<string, string>>): void {
  koffi.struct(name, fields);
}

/** The error number of the last call. */
export function errno(): number {
  return koffi.errno();
}

/** The memory at a pointer; nothing checks that it is ours. */
export function view(pointer: bigint, bytes: number): ArrayBuffer {
  return koffi.view(pointer, bytes);
}

const strerror = c<(errno: number) => string>('const char *strerror(int)');
const describe = bpf<(errno: number, words: Buffer, size: number) => number>(
  'int libbpf_strerror(int, char *, size_t)',
);
const FIRST_OF_LIBBPF = 4000;

/** What a call failed with, in the system's words or, where the number is one of its own, in libbpf's. */
export function failure(what: string, errno: number, log = ''): BpfError {
  const code = Math.abs(errno);
  const words = code < FIRST_OF_LIBBPF ? strerror(code) : libbpfError(code);
  return new BpfError(`${what}: ${words} (errno ${code})`, code, log);
}

function libbpfError(code: number): string {
  const words = Buffer.alloc(256);
  describe(code, words, words.length);
  return words.toString('latin1', 0, words.indexOf(0));
}
