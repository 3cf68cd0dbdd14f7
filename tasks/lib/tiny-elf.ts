/**
 * The smallest Linux program: one ELF header, one segment, three instructions that end it with code 0. A container
 * of it needs no image, no shell and no library, so its start tests the container runtime and nothing else.
 * Layout: `man 5 elf`; system call numbers: exit is 60 on x86-64 and 93 on arm64.
 */

const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const LOAD_ADDRESS = 0x400000n;

const machines: Readonly<Record<string, { readonly elfMachine: number; readonly code: readonly number[] }>> = {
  // mov edi, 0 · mov eax, 60 · syscall
  x64: { elfMachine: 62, code: [0xbf, 0, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05] },
  // mov x0, #0 · mov x8, #93 · svc #0
  arm64: { elfMachine: 183, code: [0x00, 0x00, 0x80, 0xd2, 0xa8, 0x0b, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4] },
};

/** The program for an architecture in Node's names, or undefined where we have none. */
export function tinyElf(arch: string): Uint8Array | undefined {
  const machine = machines[arch];
  if (machine === undefined) return undefined;
  const size = HEADER_BYTES + SEGMENT_BYTES + machine.code.length;
  const elf = Buffer.alloc(size);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // magic, 64 bits, little-endian, version
  elf.writeUInt16LE(2, 16); // an executable
  elf.writeUInt16LE(machine.elfMachine, 18);
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(LOAD_ADDRESS + BigInt(HEADER_BYTES + SEGMENT_BYTES), 24); // entry
  elf.writeBigUInt64LE(BigInt(HEADER_BYTES), 32); // where the segment table is
  elf.writeUInt16LE(HEADER_BYTES, 52);
  elf.writeUInt16LE(SEGMENT_BYTES, 54);
  elf.writeUInt16LE(1, 56); // one segment
  elf.writeUInt32LE(1, 64); // to be loaded
  elf.writeUInt32LE(5, 68); // readable and executable
  elf.writeBigUInt64LE(LOAD_ADDRESS, 80);
  elf.writeBigUInt64LE(LOAD_ADDRESS, 88);
  elf.writeBigUInt64LE(BigInt(size), 96);
  elf.writeBigUInt64LE(BigInt(size), 104);
  elf.writeBigUInt64LE(0x1000n, 112);
  elf.set(machine.code, HEADER_BYTES + SEGMENT_BYTES);
  return elf;
}
