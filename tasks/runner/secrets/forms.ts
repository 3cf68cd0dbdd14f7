import { literal } from '../text/literal.ts';

/** What is shown in place of a secret. */
export const stars = '***';
/** Shorter values, and shorter parts of a value, are not looked for. */
export const shortestSecret = 4;
const shortestLine = 8;
/** Tools that wrap base64 do so at 60 characters or later. */
const shortestWrapped = 60;

/** How a text came out of its bytes: as UTF-8, or one character for each byte. */
type Decoded = 'utf8' | 'latin1';

/** Finds a value, or a part of it that says as much, in a text. Each match begins where the last one began, or later. */
export type Needle = { readonly pattern: RegExp; readonly longest: number };

/**
 * All that gives a value away: itself as tools spell it (quoted, in a URL, in JSON, in XML), its base64, behind other bytes too, and each
 * of its lines.
 */
export function needlesOf(value: string, decoded: Decoded): readonly Needle[] {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= shortestLine);
  const spelled = [...new Set([value, ...lines])].map((text) => spellingsOf(text, decoded));
  const exact = base64Of(value).filter((form) => form.length >= shortestSecret);
  return [...spelled, ...exact.map((form) => ({ pattern: new RegExp(literal(form), 'g'), longest: form.length }))];
}

/** What a value looks like where lines end anywhere in it: without its own line breaks, and its base64, which is wrapped. */
export function wrappedFormsOf(value: string): readonly string[] {
  const wrapped = base64Of(value).filter((form) => form.length >= shortestWrapped);
  return [value.replaceAll(/\r?\n/g, ''), ...new Set(wrapped)];
}

/** A value whose every sign may be spelled in another way: no two tools escape the same ones. */
function spellingsOf(value: string, decoded: Decoded): Needle {
  const spelled = Array.from(value.replaceAll('\r\n', '\n'), (sign) => spelledSign(sign, decoded));
  return { pattern: new RegExp(spelled.join(''), 'g'), longest: value.length * longestSign };
}

/** Twice four backslashes and what they escape. */
const longestSign = 16;

function spelledSign(sign: string, decoded: Decoded): string {
  if (/[A-Za-z0-9_]/.test(sign)) return sign;
  const bytes = Buffer.from(sign);
  const raw = literal(decoded === 'latin1' ? bytes.toString('latin1') : sign);
  const inUrl = Array.from(bytes, (byte) => `%${anyCase(hex(byte, 2))}`).join('');
  const inJson = Array.from({ length: sign.length }, (_, at) => `\\\\{1,4}u${anyCase(hex(sign.charCodeAt(at), 4))}`);
  const inC = Array.from(
    bytes,
    (byte) => `\\\\{1,2}(?:x${anyCase(hex(byte, 2))}|${byte.toString(8).padStart(3, '0')})`,
  );
  const code = sign.codePointAt(0) ?? 0;
  const inXml = `&(?:${[...(entities[sign] ?? []), `#0{0,4}${code}`, `#[xX]0{0,4}${anyCase(hex(code, 1))}`].join('|')});`;
  const spelled = [...(named[sign] ?? [`\\\\{0,4}${raw}`]), inUrl, inJson.join(''), inC.join(''), inXml];
  return `(?:${spelled.join('|')})`;
}

/** Signs that are also spelled by a name, or by another sign. */
const named: Readonly<Record<string, readonly string[]>> = {
  ' ': [' ', '\\\\ ', '\\+'],
  "'": ["'\\\\{1,4}''", `'"'"'`, "\\\\{0,4}'"],
  '\\': ['\\\\{1,4}'],
  '\n': ['\r?\n', '\\\\{1,4}n', '(?:%0[dD])?%0[aA]', '\\\\{1,4}r\\\\{1,4}n'],
  '\t': ['\t', '\\\\{1,4}t'],
};

/** Those that XML and HTML have a name for. */
const entities: Readonly<Record<string, readonly string[]>> = {
  '&': ['amp'],
  '<': ['lt'],
  '>': ['gt'],
  '"': ['quot'],
  "'": ['apos'],
};

function anyCase(digits: string): string {
  return digits.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function base64Of(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const whole = [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  return [...whole, ...[0, 1, 2].flatMap((shift) => insideBase64(bytes, shift))];
}

/** What base64 makes of a value that stands behind `shift` other bytes, as in `user:password`: the signs that are of it alone. */
function insideBase64(bytes: Buffer, shift: number): readonly string[] {
  const from = Math.ceil((shift * 8) / 6);
  const to = Math.floor(((shift + bytes.length) * 8) / 6);
  const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
  return (['base64', 'base64url'] as const).map((encoding) => shifted.toString(encoding).slice(from, to));
}
