import type { Document, Pair, Scalar } from 'yaml';
import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { messageOf, type Place, type Problem } from '../errors.ts';
import type { Finding, Path } from './finding.ts';
import { describeSyntax, firstOfEachLine, inQuotes, withoutRest } from './syntax.ts';

/** A YAML file: its data, what is wrong with its syntax, and the way back from data to characters. */
export type Source = {
  readonly document: unknown;
  readonly problems: readonly Problem[];
  readonly locate: (finding: Finding) => Problem;
};

/** Reads YAML; positions are kept for messages. */
export function readSource(file: string, text: string): Source {
  const lineCounter = new LineCounter();
  const yaml = parseDocument(text, { lineCounter, merge: true, prettyErrors: false });
  const lines = text.split(/\r?\n/);
  const placeOf = (start: number, end: number): Place => {
    const { line, col } = lineCounter.linePos(start);
    const lineText = lines[line - 1] ?? '';
    const length = Math.max(1, Math.min(end - start, lineText.length - col + 1));
    return { file, line, column: col, text: lineText, length };
  };
  const errors = withoutRest(yaml.errors, text);
  const problems = errors.map((error) => ({ ...describeSyntax(error, text), place: placeOf(...error.pos) }));
  const isReadable = yaml.errors.every(({ code }) => code === 'DUPLICATE_KEY');
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
 * A tag of YAML means nothing in a config. It is a text that begins with `!` and lacks its quotes, as `! grep x`, which would be the
 * contrary without it: the whole text is then what is looked at.
 */
function untag(yaml: Document, text: string, placeOf: PlaceOf): readonly Problem[] {
  const problems: Problem[] = [];
  visit(yaml, {
    Node: (_, node) => {
      const tag = 'tag' in node ? node.tag : undefined;
      if (!tag?.startsWith('!') || !node.range) return;
      const start = text.lastIndexOf(tag, node.range[0]);
      if (isScalar(node)) node.value = text.slice(start, node.range[1]);
      const message = 'a string that begins with `!` must be in quotes';
      problems.push({ message, hint: inQuotes, place: placeOf(start, node.range[1]) });
    },
  });
  return problems;
}

type PlaceOf = (start: number, end: number) => Place;

type Data = { readonly document?: unknown; readonly problems: readonly Problem[] };

/** Aliases are resolved only now: one may lead nowhere, to what it stands in, or blow a small file up. */
function readData(yaml: Document, placeOf: PlaceOf): Data {
  const problems: Problem[] = [];
  visit(yaml, {
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
    return { problems: [{ message: `this cannot be read: ${messageOf(error)}`, place: placeOf(0, 0) }] };
  }
}

type Range = readonly [start: number, end: number];

function rangeOf(yaml: Document, text: string, where: Pick<Finding, 'path' | 'at' | 'part'>): Range {
  const isKey = where.at === 'key';
  const [start, end] = (isKey ? keyRange(yaml, where.path) : undefined) ?? valueRange(yaml, where.path);
  if (where.part === undefined) return [start, end];
  const offset = text.slice(start, end).indexOf(where.part);
  return offset === -1 ? [start, end] : [start + offset, start + offset + where.part.length];
}

function keyRange(yaml: Document, path: Path): Range | undefined {
  const key = path.at(-1);
  const owner = yaml.getIn(path.slice(0, -1), true);
  if (!isMap(owner)) return undefined;
  const pair = owner.items.find((item): item is Pair => isPair(item) && isScalar(item.key) && nameOf(item.key) === key);
  return isNode(pair?.key) ? textRange(pair.key.range) : undefined;
}

/** As the key reads in the data: `null` is none. */
function nameOf(key: Scalar): string | number {
  return typeof key.value === 'number' ? key.value : String(key.value ?? '');
}

/** Of the value itself or, where a list was written as a single value, of that. */
function valueRange(yaml: Document, path: Path): Range {
  const node = yaml.getIn(path, true);
  const range = isNode(node) ? textRange(node.range) : undefined;
  if (range !== undefined) return range;
  return path.length === 0 ? [0, 0] : valueRange(yaml, path.slice(0, -1));
}

function textRange(range: readonly [number, number, number] | null | undefined): Range | undefined {
  return range === null || range === undefined ? undefined : [range[0], range[1]];
}
