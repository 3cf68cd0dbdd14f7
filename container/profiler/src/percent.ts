/** A target with its percent signs decoded, however often they were encoded, and where each character came from. */

export type Decoded = {
  readonly text: string;
  /** Where in the target each character begins, and its end; undefined where nothing had to be decoded. */
  readonly starts: readonly number[] | undefined;
  /** Behind how many percent signs each character stood: `&` 0, `%26` 1, `%2526` 2. */
  readonly depths: readonly number[] | undefined;
};

/** A part of the decoded text, its end excluded. */
export type Span = { readonly from: number; readonly to: number };

const PERCENT = 37;

/** Decodes from left to right, and what comes of it once more: `%256b` is a `k`. */
export function decodePercents(target: string): Decoded {
  if (!target.includes('%')) return { text: target, starts: undefined, depths: undefined };
  const codes: number[] = [];
  const starts: number[] = [];
  const depths: number[] = [];
  for (let at = 0; at < target.length; at++) {
    codes.push(target.charCodeAt(at));
    starts.push(at);
    depths.push(0);
    while (endsInEscape(codes)) {
      const [high = 0, low = 0] = codes.splice(-2);
      const depth = Math.max(...depths.splice(-3)) + 1;
      starts.length -= 2;
      codes[codes.length - 1] = hexDigit(high) * 16 + hexDigit(low);
      depths.push(depth);
    }
  }
  starts.push(target.length);
  return { text: Buffer.from(codes).toString('latin1'), starts, depths };
}

/** Where in the target the character at `index` begins. */
export function startOf({ starts }: Decoded, index: number): number {
  return starts?.[index] ?? index;
}

/** Behind how many percent signs it stood. */
export function depthOf({ depths }: Decoded, index: number): number {
  return depths?.[index] ?? 0;
}

function endsInEscape(codes: readonly number[]): boolean {
  const end = codes.length;
  return codes[end - 3] === PERCENT && hexDigit(codes[end - 2] ?? 0) >= 0 && hexDigit(codes[end - 1] ?? 0) >= 0;
}

/** -1 for what is none. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
