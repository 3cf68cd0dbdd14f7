/** What must not be written anywhere: the values of parameters that name a secret, and who logs in, with what, in a URL. */
import { type Decoded, decodePercents, depthOf, type Span, startOf } from './percent.ts';
import { createSecretNames } from './secret-names.ts';
import { findUserInfo } from './user-info.ts';

/** Without one of these there is neither a parameter nor a password. */
const SUSPECT = /[?;#@%]/;
/** Parameters follow `?` and `#`, and within a path `;`. */
const PARAMETERS = /[?;#]/;
const [HASH, AMPERSAND, COMMA, SLASH, COLON, SEMICOLON, EQUALS, QUESTION, BRACE] = [
  35, 38, 44, 47, 58, 59, 61, 63, 123,
];
/** What ends a name of JSON, and of its like in single quotes; a blank may be a `+`. */
const QUOTED = /["'][\s+]*$/;

/** Makes the function that takes the secrets out of a request's target. `further` are words that name a secret besides the known ones. */
export function createRedactor(further: readonly string[]): (target: string) => string {
  const isSecret = createSecretNames(further);
  return (target) => {
    if (!SUSPECT.test(target)) return target;
    const decoded = decodePercents(target);
    const found = [...findUserInfo(decoded), ...findSecretValues(decoded, isSecret)];
    return found.length === 0 ? target : mask(target, decoded, found);
  };
}

/** `name=value`, and `"name":"value"` of JSON, wherever parameters may stand, also those of a URL that is itself a value. */
function findSecretValues(decoded: Decoded, isSecret: (name: string) => boolean): readonly Span[] {
  const { text } = decoded;
  const begin = text.search(PARAMETERS);
  if (begin === -1) return [];
  const found: Span[] = [];
  let isQuery = text.charCodeAt(begin) !== SEMICOLON;
  let nameAt = begin + 1;
  let keyAt = nameAt;
  for (let at = nameAt; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUESTION || code === HASH) isQuery = true;
    const isPair = code === EQUALS && isSecret(text.slice(nameAt, at));
    const isMember = code === COLON && QUOTED.test(text.slice(keyAt, at)) && isSecret(text.slice(keyAt, at));
    if (isPair || isMember) {
      const to = valueEnd(decoded, at, isQuery);
      found.push({ from: at + 1, to });
      at = to - 1;
    }
    if (partsNames(code)) nameAt = at + 1;
    if (partsNames(code) || partsKeys(code)) keyAt = at + 1;
  }
  return found;
}

/** In a query only `&` ends a value, whatever else some servers take for an end; in a path the segment does. What is encoded deeper is the value's own. */
function valueEnd(decoded: Decoded, assignment: number, isQuery: boolean): number {
  const { text } = decoded;
  const depth = depthOf(decoded, assignment);
  for (let at = assignment + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isEnd = isQuery ? code === AMPERSAND : code === SLASH || code === QUESTION;
    if (isEnd && depthOf(decoded, at) <= depth) return at;
  }
  return text.length;
}

/** Asked of each character, so that no list is looked through. */
function partsNames(code: number): boolean {
  switch (code) {
    case AMPERSAND:
    case EQUALS:
    case SEMICOLON:
    case QUESTION:
    case HASH:
    case SLASH:
      return true;
    default:
      return false;
  }
}

function partsKeys(code: number): boolean {
  return code === COLON || code === COMMA || code === BRACE;
}

function mask(target: string, decoded: Decoded, found: readonly Span[]): string {
  let masked = '';
  let done = 0;
  for (const { from, to } of found.toSorted((a, b) => a.from - b.from)) {
    const goesOn = from <= done && done > 0;
    if (!goesOn) masked += `${target.slice(startOf(decoded, done), startOf(decoded, from))}***`;
    done = Math.max(done, to);
  }
  return masked + target.slice(startOf(decoded, done));
}
