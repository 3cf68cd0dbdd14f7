import { didYouMean, listed } from '../../errors.ts';
import { builtInTasks } from '../built-in.ts';
import type { Finding } from '../finding.ts';
import { findTask, matchesGlob, spellings, taskWords } from '../names.ts';
import type { CheckRow, Config, TaskRow } from '../types.ts';
import { cycles } from './cycles.ts';

/**
 * Do all names lead somewhere, is each taken once, and does no task need itself? What an included file has that is `absent`
 * nobody knows.
 */
export function checkNames(config: Config, absent: ReadonlySet<string>): readonly Finding[] {
  const mayBe = (name: string): boolean => name.includes(':') && absent.has(name.replace(/:.*/, ''));
  return [
    ...takenTwice(config),
    ...unknownNeeds(config, mayBe),
    ...unknownRequires(config, mayBe),
    ...unknownCheckIds(config),
    ...policyWithoutTask(config, mayBe),
    ...cycles(config),
  ];
}

function takenTwice(config: Config): Finding[] {
  const owners = new Map<string, string>(Object.keys(config.tasks).map((name) => [name, name]));
  const reserved = Object.keys(config.tasks).filter((name) => Object.hasOwn(builtInTasks, name));
  const findings: Finding[] = reserved.map((name) => ({
    path: ['tasks', name],
    at: 'key',
    message: `task \`${name}\` is built in and cannot be defined here`,
  }));
  for (const task of Object.values(config.tasks)) {
    task.aliases.forEach((alias, index) => {
      const owner = Object.hasOwn(builtInTasks, alias) ? alias : owners.get(alias);
      const path = ['tasks', task.name, 'aliases', index];
      if (owner !== undefined)
        findings.push({
          path,
          at: 'value',
          message: `alias \`${alias}\` of task \`${task.name}\` already names task \`${owner}\``,
        });
      owners.set(alias, task.name);
    });
  }
  return [...findings, ...idsTakenTwice(config)];
}

function idsTakenTwice(config: Config): Finding[] {
  const owners = new Map<string, CheckRow>();
  return Object.values(config.checks).flatMap((check): Finding[] => {
    const owner = owners.get(check.id);
    owners.set(check.id, check);
    // One file may be included under two names.
    const isTheSame = JSON.stringify({ ...owner, name: check.name }) === JSON.stringify(check);
    if (owner === undefined || isTheSame) return [];
    return [
      {
        path: ['checks', check.name, 'id'],
        at: 'value',
        message: `id \`${check.id}\` of check \`${check.name}\` already names check \`${owner.name}\``,
      },
    ];
  });
}

type Guess = (name: string) => boolean;

function unknownNeeds(config: Config, mayBe: Guess): Finding[] {
  return Object.values(config.tasks).flatMap((task) =>
    task.needs.flatMap((need, index): Finding[] => {
      if (findTask(config, need) !== undefined || mayBe(need)) return [];
      const path = ['tasks', task.name, 'needs', index];
      if (Object.hasOwn(builtInTasks, need)) {
        return [
          {
            path,
            at: 'value',
            message: `task \`${task.name}\` cannot need \`${need}\`, which is built in`,
            hint: 'name the checks in `requires`',
          },
        ];
      }
      return [
        {
          path,
          at: 'value',
          message: `task \`${task.name}\` needs unknown task \`${need}\`${didYouMean(need, wordsFrom(config, task))}`,
        },
      ];
    }),
  );
}

/** Every word that names a task, and those of its own file as that file writes them. */
function wordsFrom(config: Config, { namespace }: TaskRow): readonly string[] {
  return taskWords(config).flatMap((word) => spellings({ from: namespace === undefined ? [] : [namespace] }, word));
}

function unknownRequires(config: Config, mayBe: Guess): Finding[] {
  const names = Object.keys(config.checks);
  return Object.values(config.tasks).flatMap((task) =>
    task.requires.flatMap((name, index): Finding[] =>
      Object.hasOwn(config.checks, name) || mayBe(name)
        ? []
        : [
            {
              path: ['tasks', task.name, 'requires', index],
              at: 'value',
              message: `task \`${task.name}\` requires unknown check \`${name}\`${didYouMean(name, names)}`,
              hint: names.length === 0 ? 'the config has no `checks`' : undefined,
            },
          ],
    ),
  );
}

function unknownCheckIds(config: Config): Finding[] {
  const ids = Object.values(config.checks).map((check) => check.id);
  return Object.values(config.checks).flatMap((check) => {
    const needs = check.kind === 'version' ? check.needs : [];
    return needs.flatMap((id, index): Finding[] =>
      ids.includes(id)
        ? []
        : [
            {
              path: ['checks', check.name, 'needs', index],
              at: 'value',
              message: `check \`${check.name}\` needs unknown id \`${id}\`${didYouMean(id, ids)}`,
            },
          ],
    );
  });
}

function policyWithoutTask(config: Config, mayBe: Guess): Finding[] {
  const names = Object.keys(config.tasks);
  return config.policy.flatMap((row, rowIndex) =>
    row.tasks.flatMap((glob, index): Finding[] =>
      names.some((name) => matchesGlob(name, glob)) || mayBe(glob)
        ? []
        : [
            {
              path: ['policy', rowIndex, 'tasks', index],
              at: 'value',
              message: `policy matches no task with \`${glob}\`${didYouMean(glob, names)}`,
              hint: `tasks are ${listed(names)}`,
            },
          ],
    ),
  );
}
