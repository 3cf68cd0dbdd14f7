import { hash } from 'node:crypto';
import { decodeFields, encodeBytes, encodeNumber, type Field } from './protobuf.ts';

/** What a task wrote, in the form in which Bazel's caches keep it, so that servers which check their entries take ours. */
export type ActionResult = {
  readonly files: readonly StoredFile[];
  readonly links: readonly StoredLink[];
  /** Folders without a file. */
  readonly folders: readonly string[];
};
export type StoredFile = {
  readonly path: string;
  /** SHA-256 in hex. */
  readonly digest: string;
  readonly size: number;
  readonly isProgram: boolean;
  /** The permissions, where they are others than a new file has: of a private key, or of what is read-only. */
  readonly mode?: number | undefined;
};
export type StoredLink = { readonly path: string; readonly target: string };

/** Numbers of the fields of `build.bazel.remote.execution.v2.ActionResult` and of the messages in it. */
const fields = { files: 2, stdout: 5, stderr: 7, links: 12 } as const;
const file = { path: 1, digest: 2, isProgram: 4, properties: 7 } as const;
const link = { path: 1, target: 2 } as const;
const digest = { hash: 1, size: 2 } as const;
const properties = { mode: 3 } as const;
const wrapped = { value: 1 } as const;

/**
 * Encodes a result. Its standard output holds a checksum, since nothing else tells a whole entry from a part of one, and its
 * standard error the folders without a file: for Bazel's own way to name a folder, servers want a description of it beside.
 */
export function encodeResult({ files, links, folders }: ActionResult): Buffer {
  const body = Buffer.concat([
    ...files.map((row) => encodeBytes(fields.files, encodeFile(row))),
    ...links.map((row) => encodeBytes(fields.links, encodeLink(row))),
    ...(folders.length === 0 ? [] : [encodeBytes(fields.stderr, Buffer.from(folders.join('\0')))]),
  ]);
  return Buffer.concat([body, encodeBytes(fields.stdout, Buffer.from(checksumOf(body)))]);
}

/** Decodes a result; undefined for anything that is not a whole one of ours. */
export function decodeResult(bytes: Buffer): ActionResult | undefined {
  try {
    const all = decodeFields(bytes);
    const seal = all.find(({ number }) => number === fields.stdout);
    if (seal === undefined || textOf(seal) !== checksumOf(bytes.subarray(0, seal.at))) return undefined;
    const bare = all.find(({ number }) => number === fields.stderr);
    return {
      files: all.filter(({ number }) => number === fields.files).map((field) => decodeFile(bytesOf(field))),
      links: all.filter(({ number }) => number === fields.links).map((field) => decodeLink(bytesOf(field))),
      folders: bare === undefined ? [] : textOf(bare).split('\0'),
    };
  } catch {
    return undefined;
  }
}

function checksumOf(body: Buffer): string {
  return `zx-tasks 1 ${hash('sha256', body)}`;
}

function encodeFile(row: StoredFile): Buffer {
  const content = Buffer.concat([
    encodeBytes(digest.hash, Buffer.from(row.digest)),
    ...(row.size === 0 ? [] : [encodeNumber(digest.size, row.size)]),
  ]);
  return Buffer.concat([
    encodeBytes(file.path, Buffer.from(row.path)),
    encodeBytes(file.digest, content),
    ...(row.isProgram ? [encodeNumber(file.isProgram, 1)] : []),
    ...(row.mode === undefined ? [] : [encodeBytes(file.properties, encodeMode(row.mode))]),
  ]);
}

function decodeFile(bytes: Buffer): StoredFile {
  const row = decodeFields(bytes);
  const content = decodeFields(bytesOf(require(row, file.digest)));
  const hex = textOf(require(content, digest.hash));
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new Error('no SHA-256');
  return {
    path: textOf(require(row, file.path)),
    digest: hex,
    size: numberOf(content, digest.size),
    isProgram: numberOf(row, file.isProgram) === 1,
    mode: decodeMode(row.find(({ number }) => number === file.properties)),
  };
}

function encodeMode(mode: number): Buffer {
  return encodeBytes(properties.mode, encodeNumber(wrapped.value, mode));
}

function decodeMode(field: Field | undefined): number | undefined {
  if (field === undefined) return undefined;
  return numberOf(decodeFields(bytesOf(require(decodeFields(bytesOf(field)), properties.mode))), wrapped.value);
}

function encodeLink(row: StoredLink): Buffer {
  return Buffer.concat([
    encodeBytes(link.path, Buffer.from(row.path)),
    encodeBytes(link.target, Buffer.from(row.target)),
  ]);
}

function decodeLink(bytes: Buffer): StoredLink {
  const row = decodeFields(bytes);
  return { path: textOf(require(row, link.path)), target: textOf(require(row, link.target)) };
}

function require(all: readonly Field[], number: number): Field {
  const field = all.find((candidate) => candidate.number === number);
  if (field === undefined) throw new Error(`field ${number} is missing`);
  return field;
}

function bytesOf({ value }: Field): Buffer {
  if (!Buffer.isBuffer(value)) throw new Error('bytes expected');
  return value;
}

function textOf(field: Field): string {
  return bytesOf(field).toString('utf8');
}

function numberOf(all: readonly Field[], number: number): number {
  const value = all.find((candidate) => candidate.number === number)?.value ?? 0;
  if (typeof value !== 'number') throw new Error('a number expected');
  return value;
}
