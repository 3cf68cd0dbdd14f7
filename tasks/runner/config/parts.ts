import { dirname, join, relative } from 'node:path';
import type { Problem } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Finding, Path } from './finding.ts';
import { loadMessages } from './load-messages.ts';
import { expandMatrices } from './matrix.ts';
import { normalise } from './normalise.ts';
import { isNoConsequenceOf } from './problems.ts';
import { readSource, type Source } from './read.ts';
import { readNamed } from './read-file.ts';
import { checkVars } from './rules/templates.ts';
import { configSchema, type RawConfig } from './schema.ts';
import { nulBytes } from './shape/nul-bytes.ts';
import { checkShape } from './shape.ts';
import type { Config } from './types.ts';

export type ReadHost = Pick<Host, 'cwd' | 'readText' | 'realPath' | 'exists'>;

/** One file of a config: the one at the project's root, or one that another includes. */
export type Part = {
  /** Empty at the root; `docs`, or `docs:api` for what `docs` includes as `api`. */
  readonly namespace: string;
  /** From the root. */
  readonly file: string;
  /** The folder of the file, from the root; the paths in the file are relative to it. */
  readonly folder: string;
  /** As messages call it: from where the command was typed. */
  readonly shownFile: string;
  readonly source: Source;
  /** What this file says by itself. Its vars are those of the including files too, its own first. */
  readonly config: Config;
  readonly findings: readonly Finding[];
  /** What is already located. */
  readonly problems: readonly Problem[];
  readonly wrong: readonly Path[];
  /** What it includes, by the name that it gives, and cannot be had. */
  readonly absent: readonly string[];
};

export type Parts = { readonly parts: readonly Part[]; readonly problems: readonly Problem[] };

type Place = {
  readonly root: string;
  readonly namespace: string;
  readonly folder: string;
  readonly outer: Pick<Config, 'vars'> & { readonly checkIds: readonly string[] };
  /** The files on the way here, as the disk knows them: a way back to one of them has no end. */
  readonly trail: readonly { readonly real: string; readonly shown: string }[];
};

/** Reads a config and all that it includes. What cannot be read at all is a problem; the rest goes on without it. */
export async function readParts(host: ReadHost, file: string, text: string): Promise<Parts> {
  const shown = relative(host.cwd, file);
  const outer = { vars: {}, checkIds: [] };
  const trail = [{ real: await host.realPath(file), shown }];
  return await readPart(host, { file, text }, { root: dirname(file), namespace: '', folder: '', outer, trail });
}

async function readPart(
  host: ReadHost,
  { file, text }: { readonly file: string; readonly text: string },
  place: Place,
): Promise<Parts> {
  const shownFile = relative(host.cwd, file);
  const source = readSource(shownFile, text);
  if (source.document === undefined) return { parts: [], problems: source.problems };
  if (source.document === null) return { parts: [], problems: [isEmpty(shownFile)] };
  const shape = checkShape(configSchema, source.document);
  if (shape.value === undefined)
    return { parts: [], problems: [...source.problems, ...shape.findings.map(source.locate)] };
  const ids = [...place.outer.checkIds, ...Object.values(shape.value.checks ?? {}).map((check) => check.id)];
  const messages = await loadMessages(host, { folder: dirname(file), raw: shape.value, checkIds: ids });
  const { config, findings: ofMatrices } = expandMatrices(normalise(shape.value, messages.rows, place.outer.vars));
  const nul = nulBytes(source.document);
  const included = await readIncluded(host, shape.value, { ...place, outer: { vars: config.vars, checkIds: ids } });
  const part: Part = {
    namespace: place.namespace,
    file: relative(place.root, file),
    folder: place.folder,
    shownFile,
    source,
    config,
    findings: [
      ...shape.findings,
      ...nul,
      ...checkVars(shape.value.vars ?? {}, place.outer.vars),
      ...[...messages.findings, ...missingScripts(host, dirname(file), config), ...included.findings].filter(
        isNoConsequenceOf(nul.map(({ path }) => path)),
      ),
      ...ofMatrices.filter(isNoConsequenceOf(shape.wrong)),
    ],
    problems: source.problems,
    wrong: shape.wrong,
    absent: absentIn(source.document, place.namespace, included.parts),
  };
  return {
    parts: [part, ...included.parts],
    problems: [...messages.problems, ...included.problems],
  };
}

type Included = Parts & { readonly findings: readonly Finding[] };

async function readIncluded(host: ReadHost, raw: RawConfig, place: Place): Promise<Included> {
  const read = await Promise.all(
    Object.entries(raw.include ?? {}).map(async ([name, path]): Promise<Included> => {
      const wrong = (message: string): Included => ({
        parts: [],
        problems: [],
        findings: [{ path: ['include', name], at: 'value', message }],
      });
      const file = join(place.root, place.folder, path);
      const read = await readNamed(host, file, path);
      if ('problem' in read) return wrong(read.problem);
      const step = { real: await host.realPath(file), shown: relative(host.cwd, file) };
      const start = place.trail.findIndex(({ real }) => real === step.real);
      if (start !== -1) {
        const round = [...place.trail.slice(start), step].map(({ shown }) => `\`${shown}\``).join(' → ');
        return wrong(`files include each other in a cycle: ${round}`);
      }
      const inner = {
        ...place,
        namespace: within(place.namespace, name),
        folder: relative(place.root, dirname(file)),
        trail: [...place.trail, step],
      };
      return { ...(await readPart(host, { file, text: read.text }, inner)), findings: [] };
    }),
  );
  return {
    parts: read.flatMap(({ parts }) => parts),
    problems: read.flatMap(({ problems }) => problems),
    findings: read.flatMap(({ findings }) => findings),
  };
}

function absentIn(document: unknown, namespace: string, parts: readonly Part[]): readonly string[] {
  const { include } = document as { readonly include?: unknown };
  const names = typeof include === 'object' && include !== null ? Object.keys(include) : [];
  const isThere = (name: string): boolean => parts.some((part) => part.namespace === within(namespace, name));
  return names.filter((name) => !isThere(name));
}

/** A name as it is called from the root. */
export function within(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}:${name}`;
}

/** Where a task needs others, one of them may write its script. */
function missingScripts(host: ReadHost, folder: string, { tasks }: Config): readonly Finding[] {
  return Object.values(tasks).flatMap(({ name, script, needs }): Finding[] => {
    if (script === undefined || script === '' || needs.length > 0 || host.exists(join(folder, script))) return [];
    return [{ path: ['tasks', name, 'script'], at: 'value', message: `there is no script \`${script}\`` }];
  });
}

function isEmpty(shownFile: string): Problem {
  return { message: `\`${shownFile}\` is empty`, hint: 'it begins with `version: 1` and has `tasks`' };
}
