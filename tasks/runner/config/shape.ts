import * as v from 'valibot';
import { didYouMean, listed } from '../errors.ts';
import { type Finding, leadsInto, type Path } from './finding.ts';
import { listForMap, listsForMaps, reservedKey, reservedKeys } from './shape/maps.ts';
import { ourWordFor, wayWithout } from './shape/other-words.ts';
import { remove, replaceWrong, schemaAt } from './shape/stand-in.ts';
import { valueHint } from './shape/value-hints.ts';
import { reasonOf, subjectOf, titleOf } from './shape/wording.ts';

export type Shape<Value> = {
  readonly findings: readonly Finding[];
  /**
   * What is left of the document, so that later checks can go on with it: without the parts that are wrong, and with a
   * harmless stand-in where a part is necessary. Undefined where the document is of another kind altogether.
   */
  readonly value: Value | undefined;
  /** The ways to the parts that are wrong or missing: what a later check says of them would only be a consequence. */
  readonly wrong: readonly Path[];
};

/** Checks a document against a schema. All findings are given at once. */
export function checkShape<Schema extends v.GenericSchema>(
  schema: Schema,
  document: unknown,
): Shape<v.InferOutput<Schema>> {
  const lists = listsForMaps(schema, document);
  const reserved = reservedKeys(schema, document);
  const result = v.safeParse(schema, document);
  if (result.success && lists.length + reserved.length === 0) return { findings: [], wrong: [], value: result.output };
  const issues = (result.issues ?? [])
    .flatMap(innermost)
    .filter((issue) => !lists.some((list) => leadsInto(pathOf(issue), list)));
  const wrong = [...lists, ...issues.filter((issue) => !isBadKey(issue)).map(pathOf)];
  const findings = [
    ...lists.map((path) => listForMap(path, subjectOf(path))),
    ...reserved.map((path) => reservedKey(path)),
    ...sayingKeysOnce(issues.filter((issue) => !isMisspelt(issue, issues)).flatMap((issue) => describe(schema, issue))),
  ];
  const isHopeless = wrong.some((path) => path.length === 0);
  if (isHopeless) return { findings, wrong, value: undefined };
  const remaining = structuredClone(document);
  const useless = [...reserved, ...issues.flatMap((issue) => uselessKeys(schema, issue))];
  for (const path of wrong) replaceWrong(schema, remaining, path);
  for (const path of useless) remove(remaining, path);
  return { findings, wrong: [...wrong, ...useless], value: remaining as v.InferOutput<Schema> };
}

type Issue = v.BaseIssue<unknown>;

/** Of a union's branches, the one that came furthest says what is wrong. */
function innermost(issue: Issue): Issue[] {
  const deeper = (issue.issues ?? []).filter((inner) => (inner.path?.length ?? 0) > 0);
  if (deeper.length === 0) return [issue];
  const outerPath = issue.path ?? [];
  return deeper.map((inner) => ({ ...inner, path: [...outerPath, ...(inner.path ?? [])] }) as Issue);
}

function isUnknownKey(issue: Issue): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never';
}

function isAboutKey(issue: Issue): boolean {
  return issue.path?.at(-1)?.origin === 'key';
}

function isMissingKey(issue: Issue): boolean {
  return isAboutKey(issue) && issue.type === 'strict_object' && issue.received === 'undefined';
}

/** A key of a record that no name may be; its value may still be right. */
function isBadKey(issue: Issue): boolean {
  return isAboutKey(issue) && !isUnknownKey(issue) && !isMissingKey(issue);
}

/** A missing key that stands there misspelt: said once, where it stands. */
function isMisspelt(missing: Issue, issues: readonly Issue[]): boolean {
  if (!isMissingKey(missing)) return false;
  const owner = JSON.stringify(pathOf(missing).slice(0, -1));
  const key = String(pathOf(missing).at(-1));
  const beside = issues.filter((other) => isUnknownKey(other) && JSON.stringify(pathOf(other).slice(0, -1)) === owner);
  return beside.some((other) =>
    keysBeside(other).some((word) => didYouMean(ourWordFor(word, [key]) ?? word, [key]) !== ''),
  );
}

function keysBeside(issue: Issue): readonly string[] {
  return Object.keys((issue.path?.at(-1)?.input as object | undefined) ?? {});
}

/** What stands under a key that is only spelled wrong is looked at all the same. */
function uselessKeys(schema: v.GenericSchema, issue: Issue): readonly Path[] {
  const path = pathOf(issue);
  if (isUnknownKey(issue)) return unknownKeys(schema, path.slice(0, -1), issue).map((finding) => finding.path);
  return isBadKey(issue) && path.at(-1) === '' ? [path] : [];
}

function describe(schema: v.GenericSchema, issue: Issue): Finding[] {
  const path = pathOf(issue);
  const owner = path.slice(0, -1);
  const key = String(path.at(-1) ?? '');
  if (isUnknownKey(issue)) return unknownKeys(schema, owner, issue);
  if (isMissingKey(issue)) {
    const hint = owner.length === 0 && key === 'version' ? 'it begins with `version: 1`' : undefined;
    return [{ path: owner, at: 'key', message: `${titleOf(owner)} has no \`${key}\``, hint }];
  }
  if (isBadKey(issue) && key === '') {
    const message = `a key that is empty, or \`null\` without quotes, cannot be used: ${issue.message}`;
    return [{ path, at: 'key', message, hint: "write `'null'` if that is the name" }];
  }
  if (isBadKey(issue)) return [{ path, at: 'key', message: `\`${key}\` cannot be used: ${issue.message}` }];
  const message = `${subjectOf(path)} ${reasonOf(issue)}`;
  const hint = valueHint({ path, value: issue.input, expected: issue.expected });
  return [{ path, at: 'value', message, hint }];
}

function unknownKeys(schema: v.GenericSchema, owner: Path, issue: Issue): Finding[] {
  const valid = Object.keys(schemaAt(schema, owner).entries ?? {});
  const validKeys = `valid keys are ${listed(valid)}`;
  return keysBeside(issue)
    .filter((key) => !valid.includes(key))
    .map((key) => {
      const path = [...owner, key];
      const advice = wayWithout(key, owner);
      const meant = advice === undefined ? didYouMean(ourWordFor(key, valid) ?? key, valid) : '';
      const message = `${titleOf(owner)} has unknown key \`${key}\`${meant}`;
      return { path, at: 'key', message, hint: advice ?? validKeys };
    });
}

/** The keys of tasks are many: they are listed at the first that is unknown. */
function sayingKeysOnce(findings: readonly Finding[]): readonly Finding[] {
  const said = new Set<string>();
  return findings.map(({ hint, ...finding }) => {
    if (hint === undefined || said.has(hint)) return finding;
    if (hint.startsWith('valid keys are')) said.add(hint);
    return { ...finding, hint };
  });
}

function pathOf(issue: Issue): Path {
  return (issue.path ?? []).map((item) => item.key as string | number);
}
