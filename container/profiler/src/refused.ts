/** What libbpf or the kernel refused, in words: which file, which program, and why. */
import { BpfError } from './errors.ts';
import { failure } from './native.ts';
import { isTrampoline } from './tier.ts';

export type ProgramName = { readonly name: string; readonly section: string };

/** From here on libbpf counts what the kernel has no number for: LIBBPF_ERRNO__LIBELF and LIBBPF_ERRNO__FORMAT. */
const NO_OBJECT = [4000, 4001];
/** How the verifier's statistics begin: what it says of a program that it lets in, and nothing else. */
const LET_IN = /^(verification time|processed) /;

/** An object file could not be opened. */
export function openFailure(path: string, errno: number): BpfError {
  if (NO_OBJECT.includes(errno)) return new BpfError(`\`${path}\` is not an object compiled for eBPF`, errno);
  return failure(`\`${path}\` cannot be opened as an object for eBPF`, errno);
}

/** Programs are loaded in their order: the first of which the verifier did not say that it is let in was refused. */
export function loadFailure(programs: readonly ProgramName[], logs: readonly string[], errno: number): BpfError {
  const index = logs.findIndex((log) => !LET_IN.test(log));
  const program = programs[index];
  const what = program === undefined ? 'the programs' : named(program);
  return failure(`the kernel refused to load ${what}`, errno, lastLines(logs[index] ?? ''));
}

/** In words: which program, and to what it is attached. */
export function named(program: ProgramName): string {
  const kind = isTrampoline(program) ? 'trampoline' : 'program';
  return `the ${kind} \`${program.name}\` (\`${program.section}\`)`;
}

function lastLines(log: string): string {
  return log.split('\n').slice(-6).join('\n');
}
