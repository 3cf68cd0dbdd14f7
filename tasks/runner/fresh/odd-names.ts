import { placeOf } from './walk.ts';

/** Names that are no UTF-8: what a listed path stands for, from the project's folder, in hex. */
export type OddNames = { readonly [path: string]: string };

/** The odd ones among the names that a search found. */
export function oddNamesOf(root: string, raw: ReadonlyMap<string, Buffer>): OddNames {
  const prefix = Buffer.byteLength(`${root}/`);
  return Object.fromEntries([...raw].map(([path, at]) => [path, at.toString('hex', prefix)]));
}

/** As placeOf(), also of an odd name. */
export function oddPlaceOf(root: string, path: string, odd: OddNames): string | Buffer {
  const bytes = odd[path];
  return bytes === undefined
    ? placeOf(root, path)
    : Buffer.concat([Buffer.from(`${root}/`), Buffer.from(bytes, 'hex')]);
}

/** The same as a search lists them. */
export function rawNamesOf(root: string, odd: OddNames): ReadonlyMap<string, Buffer> {
  return new Map(Object.keys(odd).map((path) => [path, Buffer.from(oddPlaceOf(root, path, odd))]));
}
