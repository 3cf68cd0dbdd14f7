// This file is longer than 200 lines because it alone speaks to the YAML parser.
import type { Document, Node, Pair, Scalar, YAMLMap } from 'yaml';
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { messageOf, type Place, type Problem } from '../errors.ts';
import type { Finding, Path } from './finding.ts';
import {
  describeSyntax,
  firstOfEachLine,
  inQuotes,
  type SyntaxError as Mistake,
  meantBy,
  withoutRest,
} from './syntax.ts';

/** A YAML file: its data, what is wrong with its syntax, and the way back from data to characters. */
export type Source = {
  readonly document: unknown;
  readonly problems: readonly Problem[];
  readonly locate: (finding: Finding) => Problem;
};

/** Reads YAML; positions are kept for messages. */
export function readSource(file: string, text: string): Source {
  if (text.includes('\0'))
    return { document: undefined, problems: [isNoText(file, text)], locate: (problem) => problem };
  // What a tag such as `!!set` makes is no data that a config has.
  // Its own search for keys that are given twice compares each with all others.
  const yaml = parseDocument(text, { merge: true, prettyErrors: false, resolveKnownTags: false, uniqueKeys: false });
  const placeOf = placesIn(file, text);
  const errors = withoutRest([...yaml.errors, ...twinsIn(yaml)].sort(byPlace), text);
  const problems = errors.map((error) => ({ ...describeSyntax(error, text), place: placeOf(...meantBy(error, text)) }));
  const isReadable = yaml.errors.length === 0;
  if (isReadable) mergeTwins(yaml);
  const tags = isReadable ? untag(yaml, text, placeOf) : [];
  const data = isReadable ? readData(yaml, placeOf) : { problems: [] };
  return {
    document: data.document,
    problems: [...firstOfEachLine(problems), ...tags, ...data.problems],
    locate: ({ message, hint, ...where }) => {
      return { message, hint, place: placeOf(...rangeOf(yaml, text, where)) };
    },
  };
}

/** Places by the text itself: the parser counts no lines behind some mistakes. */
function placesIn(file: string, text: string): PlaceOf {
  const lines = text.split(/\r?\n/);
  const starts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
  return (start, end) => {
    const index = starts.findLastIndex((each) => each <= start);
    const line = lines[index] ?? '';
    const column = start - (starts[index] ?? 0) + 1;
    return {
      file,
      line: index + 1,
      column,
      text: line,
      length: Math.max(1, Math.min(end - start, line.length - column + 1)),
    };
  };
}

/** What YAML never has. */
function isNoText(file: string, text: string): Problem {
  const at = text.indexOf('\0');
  const hint = text.startsWith('\uFFFD\uFFFD') ? 'it seems to be UTF-16: save it as UTF-8' : undefined;
  const message = 'here is a NUL byte, which a text in UTF-8 does not have';
  return { message, hint, place: placesIn(file, text)(at, at + 1) };
}

function twinsIn(yaml: Document): readonly Mistake[] {
  const twins: Mistake[] = [];
  visit(yaml, {
    Map: (_, { items }) => {
      const known = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        const [start, end] = (isNode(key) ? textRange(key.range) : undefined) ?? [0, 0];
        if (known.has(name)) twins.push({ code: 'DUPLICATE_KEY', message: '', pos: [start, end] });
        known.add(name);
      }
    },
  });
  return twins;
}

function byPlace(one: Mistake, other: Mistake): number {
  return one.pos[0] - other.pos[0];
}

/**
 * Of two keys with one name the first is kept, so that the places of its parts stay true; of two sections such as `tasks`, what
 * both have.
 */
function mergeTwins(yaml: Document): void {
  visit(yaml, {
    Map: (_, map, above) => {
      const isOutermost = above.length === 1;
      const first = new Map<unknown, Pair>();
      map.items = map.items.filter((pair) => {
        const key = isScalar(pair.key) ? pair.key.value : pair.key;
        const twin = first.get(key);
        if (twin === undefined) first.set(key, pair);
        else if (isOutermost && isMap(twin.value) && isMap(pair.value)) twin.value.items.push(...pair.value.items);
        return twin === undefined;
      });
    },
  });
}

/**
 * A tag of YAML means nothing in a config, unless it says the kind of what stands there. Else it is a text that begins with `!` and
 * lacks its quotes, as `! grep x`, which would be the contrary without it: the whole text is then what is looked at.
 */
function untag(yaml: Document, text: string, placeOf: PlaceOf): readonly Problem[] {
  const problems: Problem[] = [];
  visit(yaml, {
    Node: (_, node) => {
      const tag = 'tag' in node ? node.tag : undefined;
      if (tag === undefined || kinds.test(tag) || !node.range) return;
      const [begin, end] = node.range;
      const short = tag.replace(ofYaml, '!!');
      const start = text.lastIndexOf(short, begin);
      if (start === -1 || short !== tag) {
        const message = `the tag \`${short}\` of YAML means nothing in a config`;
        problems.push({ message, hint: 'leave it out', place: placeOf(start === -1 ? begin : start, end) });
        return;
      }
      if (isScalar(node)) node.value = text.slice(start, end);
      const message = 'a string that begins with `!` must be in quotes';
      problems.push({ message, hint: inQuotes, place: placeOf(start, end) });
    },
  });
  return problems;
}

const ofYaml = 'tag:yaml.org,2002:';
const kinds = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq|merge)$/;

type PlaceOf = (start: number, end: number) => Place;

type Data = { readonly document?: unknown; readonly problems: readonly Problem[] };

/** Aliases are resolved only now: one may lead nowhere, to what it stands in, or blow a small file up. */
function readData(yaml: Document, placeOf: PlaceOf): Data {
  const problems: Problem[] = [];
  visit(yaml, {
    Pair: (_, { key, value }) => {
      if (!isMerge(key) || !isNode(value) || sourcesOf(yaml, value).every(isMap)) return;
      const place = placeOf(...(textRange(value.range) ?? [0, 0]));
      problems.push({ message: '`<<` takes in a map, or several in a list, and this is none', place });
    },
    Alias: (_, alias, above) => {
      const named = alias.resolve(yaml);
      if (named !== undefined && !above.includes(named)) return;
      const [start, end] = alias.range ?? [0, 0];
      const nowhere = `there is no anchor \`&${alias.source}\` before this`;
      const endless = `\`*${alias.source}\` stands in what \`&${alias.source}\` names, which would have no end`;
      const hint = `put a string that begins with \`*\` in quotes: \`'*${alias.source}'\``;
      problems.push({ message: named === undefined ? nowhere : endless, hint, place: placeOf(start, end) });
    },
  });
  if (problems.length > 0) return { problems };
  try {
    return { document: yaml.toJS() as unknown, problems };
  } catch (error) {
    const isTooMuch = messageOf(error).includes('alias count');
    const message = isTooMuch
      ? 'the aliases (`*name`) make far more of this than is written'
      : `this cannot be read: ${messageOf(error)}`;
    return { problems: [{ message, place: placeOf(0, 0) }] };
  }
}

/** As the parser reads a `<<` without quotes. */
function isMerge(key: unknown): boolean {
  return isScalar(key) && typeof key.value === 'symbol' && key.value.description === '<<';
}

function sourcesOf(yaml: Document, value: Node): readonly unknown[] {
  const source = isAlias(value) ? value.resolve(yaml) : value;
  return isSeq(source) ? source.items.map((item) => (isAlias(item) ? item.resolve(yaml) : item)) : [source];
}

type Range = readonly [start: number, end: number];

function rangeOf(yaml: Document, text: string, where: Pick<Finding, 'path' | 'at' | 'part'>): Range {
  const isKey = where.at === 'key';
  const [start, end] = (isKey ? keyRange(yaml, where.path) : undefined) ?? valueRange(yaml, where.path);
  if (where.part === undefined) return [start, end];
  const offset = offsetOf(where.part, text.slice(start, end));
  return offset === -1 ? [start, end] : [start + offset, start + offset + where.part.length];
}

/** Of a `${name}` rather not where it is only the rest of a `$${name}`. */
function offsetOf(part: string, text: string): number {
  const isLiteral = (offset: number): boolean => part.startsWith('${') && text[offset - 1] === '$';
  const first = text.indexOf(part);
  for (let offset = first; offset !== -1; offset = text.indexOf(part, offset + 1))
    if (!isLiteral(offset)) return offset;
  return first;
}

function keyRange(yaml: Document, path: Path): Range | undefined {
  const [key] = path.slice(-1);
  const owner = nodeAt(yaml, path.slice(0, -1));
  const pair = isMap(owner) && key !== undefined ? pairIn(yaml, owner, key) : undefined;
  return isNode(pair?.key) ? textRange(pair.key.range) : undefined;
}

/** Where a value is written: what an alias stands for, and what `<<` takes in, elsewhere. */
function nodeAt(yaml: Document, path: Path): unknown {
  return path.reduce<unknown>((node, step) => {
    const owner = isAlias(node) ? node.resolve(yaml) : node;
    if (isMap(owner)) return pairIn(yaml, owner, step)?.value;
    return isSeq(owner) ? owner.items[Number(step)] : undefined;
  }, yaml.contents);
}

function pairIn(yaml: Document, { items }: YAMLMap, key: string | number): Pair | undefined {
  const own = items.find((item) => isPair(item) && isScalar(item.key) && nameOf(item.key) === key);
  if (own !== undefined) return own;
  const merged = items.flatMap((item) => (isMerge(item.key) && isNode(item.value) ? sourcesOf(yaml, item.value) : []));
  return merged.reduce<Pair | undefined>(
    (found, map) => found ?? (isMap(map) ? pairIn(yaml, map, key) : undefined),
    undefined,
  );
}

/** As the key reads in the data: `null` is none. */
function nameOf(key: Scalar): string | number {
  return typeof key.value === 'number' ? key.value : String(key.value ?? '');
}

/** Of the value itself or, where there is none, of its key or, where a list was written as a single value, of that. */
function valueRange(yaml: Document, path: Path): Range {
  const node = nodeAt(yaml, path);
  const range = isNode(node) ? textRange(node.range) : undefined;
  const found = range ?? keyRange(yaml, path);
  if (found !== undefined) return found;
  return path.length === 0 ? [0, 0] : valueRange(yaml, path.slice(0, -1));
}

function textRange(range: readonly [number, number, number] | null | undefined): Range | undefined {
  return range === null || range === undefined ? undefined : [range[0], range[1]];
}
