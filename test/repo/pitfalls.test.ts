/** What other runners have fallen into, and the test that shows that this one does not. */
import { expect, test } from 'vitest';
import { files, read } from '../helpers/tree.ts';

type Shown = readonly [file: string, title: string];
type Row = readonly [pitfall: string, ...tests: readonly Shown[]] | readonly [pitfall: string, why: string];

const e2e = (name: string, title: string): Shown => [`test/e2e/runner-${name}.test.ts`, title];

const pitfalls: readonly Row[] = [
  [
    'a run that failed or was killed counts as done',
    e2e('fresh', 'a run that failed is never up to date, also when the inputs go back to what once succeeded'),
    e2e('fresh', 'a runner that was killed leaves no state that says done'),
    e2e('cache', 'what a failed or an interrupted run wrote is not kept'),
  ],
  [
    'a dry run changes state',
    e2e('fresh', '`--dry-run` says what is up to date and why the rest runs, starts nothing and keeps nothing'),
  ],
  [
    'the command or the vars are not compared',
    e2e('fresh', 'the command, vars, params, words, env and the config’s globs are part of what is compared'),
  ],
  [
    'a missing state is fresh, or an edit of the same size is not seen',
    e2e('fresh', 'a state of which %s is left is no state'),
    e2e('fresh', 'an edit that keeps size and time is seen'),
  ],
  ['one of many outputs is deleted', e2e('fresh', 'an output that was deleted, or edited by hand, is made again')],
  ['an output is edited by hand', e2e('fresh', 'an output that was deleted, or edited by hand, is made again')],
  [
    'A, then B, then A again, with the outputs of B',
    e2e(
      'cache',
      'inputs that go back to what they were bring back what belongs to them, and leave nothing of what came between',
    ),
  ],
  [
    'old outputs are gone before the new ones are here',
    e2e(
      'cache-remote',
      'old outputs stay until the new ones are here complete, and a download that breaks off is none',
    ),
  ],
  [
    'a restore leaves files of another run',
    e2e('fresh', 'what an earlier run has left over is removed, and what somebody else put there is not'),
  ],
  [
    'a hit without outputs restores nothing',
    e2e('cache', 'a run that wrote nothing, or not all that it promised, is not kept'),
  ],
  [
    'a path out of a cache leads out of the project',
    e2e('cache-remote', 'a result with a path that %s is refused, and the task runs'),
  ],
  [
    'read-only outputs cannot be restored',
    e2e('cache', 'exec bits, links, also dangling and to folders, empty and read-only files come back as they were'),
  ],
  [
    'two task names share one file of state',
    e2e('fresh', 'tasks whose names differ only in signs or case have their own state'),
    e2e(
      'locks',
      'tasks and locks whose names differ in case, punctuation or in how an accent is written share no file, however long they are',
    ),
  ],
  [
    'globs: `**`, negation, dotfiles, braces, order, spaces',
    ['test/runner/glob.test.ts', '%j: whether %j is included'],
    e2e('fresh', 'names with spaces, quotes, newlines, wildcards, and bytes that are no UTF-8 are files like others'),
  ],
  ['a glob that matches nothing', e2e('fresh', 'inputs that match nothing at all are told')],
  [
    'links to folders, and links that dangle',
    e2e('fresh', 'links are followed: what is behind them counts, and one that leads back up or nowhere ends there'),
    e2e('cache', 'exec bits, links, also dangling and to folders, empty and read-only files come back as they were'),
  ],
  ['too many open files', e2e('fresh', 'thousands of inputs need few open files')],
  [
    'trouble of the cache server fails the build',
    e2e('cache-remote', 'a server that %s is told once and left out, and the build goes on'),
  ],
  [
    'two runs at one time, and entries that are half written',
    e2e('locks', 'the second run of a task waits for the first, says for whom, and does it again'),
    e2e('cache', 'two checkouts can share a store, also at the same time'),
    e2e('cache', 'a stored content that was %s is not restored, and then stored anew'),
  ],
  [
    'deadlocks with one job',
    e2e('run', '`--jobs=1` starts one task at a time'),
    e2e('services', 'a service does not take a job once it is ready, so that `--jobs=1` is no deadlock'),
    e2e('locks', 'a task that starts itself is told so instead of waiting for ever'),
  ],
  [
    'a signal comes twice, or not at all, and the exit code is lost',
    e2e('signals', '%s asks the whole tree to end, lets it clean up, and gives %i'),
    e2e('terminal', 'a task gets Ctrl-C once: from the terminal, not from the runner too'),
  ],
  [
    'process groups break the terminal, nested runs and detached parents',
    e2e('terminal', 'an interactive task has the terminal alone: it reads the keys, and Ctrl-C is for it'),
    e2e('signals', 'a run within a run passes the signal on, and each level ends its own'),
    e2e('signals', 'a runner that leads a session of its own ends on SIGTERM all the same'),
  ],
  [
    'a grandchild that ignores the signal goes on',
    e2e('signals', 'a grandchild that ignores the signal does not outlive a failure elsewhere'),
  ],
  ['`cmd.exe` asks whether to end the batch job', 'only on Windows, where this runner does not run'],
  ['a terminal that is closed leaves servers', e2e('terminal', 'closing the terminal ends what runs')],
  [
    'a watch loses a service when what it needs fails, and its port stays taken',
    e2e(
      'watch-services',
      'a service is not lost when a task that it needs fails, and its port is free for the next one',
    ),
  ],
  [
    'a watch runs for ever, runs too often, grows, or does not see `.github`',
    e2e('watch-files', 'a failing task that writes its own input does not run for ever'),
    e2e('watch-files', 'a task that writes its own input %s runs no more than it must'),
    e2e('watch-files', 'memory does not grow over many runs'),
    e2e('watch-property', 'edits, failures, services that crash, other configs and Ctrl-C in a watch: seed %i'),
    e2e('watch-files', 'a file in `.github`'),
    e2e('watch-files', '`.git`, `.tasks`, `node_modules` and outputs start nothing, unless an input names them'),
  ],
  ['every failure gives 1', e2e('run', "a failed task's own exit code is the run's, and what needs it is not started")],
  [
    'what a signal has ended is a failure',
    e2e('signals', 'a task that a signal has ended is stopped, not failed, also when it gives a code of its own'),
  ],
  [
    'a reader that goes away ends the runner',
    e2e('run', 'a reader that goes away early is no error'),
    e2e('output', 'a reader that goes away ends no task'),
  ],
  [
    'output that is no UTF-8 is lost',
    e2e('output', 'bytes that are no UTF-8 are replaced, and nothing around them is lost'),
  ],
  [
    'groups of tasks that run together are mixed up',
    e2e('github', 'tasks that run at the same time are whole groups, one after another'),
  ],
  [
    'the cursor stays hidden, or output is repeated',
    e2e('output-list', 'the live list shows each task once, on a narrow terminal too, and gives the cursor back'),
    e2e('terminal', 'Ctrl-C in `%s` ends the tree, runs the last steps, and leaves the terminal as it was'),
  ],
  [
    'variables of the runner change runs within runs',
    e2e('dotenv', 'two variables of the runner’s own reach a task, and no other: a run within a run is as if typed'),
  ],
  [
    'a dry run runs what is in the values',
    e2e(
      'discovery',
      '`--dry-run` shows commands, places and reasons, and neither commands, substitutions nor checks run',
    ),
  ],
  [
    '`confirm` is asked when half is done',
    e2e('terminal', '`confirm` is asked in the order of the plan, before anything runs'),
  ],
  [
    'questions in any order, Escape that does not cancel, a question that blocks Ctrl-C',
    e2e('terminal', 'questions come in the order of the plan and one at a time, and Escape is a no to all that follow'),
    e2e('terminal', 'Ctrl-C at a question ends the run as interrupted'),
  ],
  [
    'diamonds are visited again and again, or a task runs twice',
    e2e(
      'schedule',
      '60 layers of diamonds are planned at once, and each task runs once in whatever order they are written',
    ),
  ],
  [
    'a cycle is dropped in silence, or hidden by another way to a file',
    e2e('config-rules', 'tasks that need each other are refused with the whole path'),
    e2e(
      'include',
      'files that include each other are a cycle with its whole path, also through `..` and symbolic links',
    ),
  ],
  [
    'the order of the graph changes from run to run',
    e2e('discovery', '`--graph` draws a tree, Mermaid or DOT, in the order of the config'),
  ],
  [
    'times: a generated file that is gone, a coarse clock, old dates',
    e2e('fresh', 'a file that is deleted, added with an old date, renamed, or moved is a change that is named'),
    e2e('fresh', 'a state of another day, in the future or the past, is compared by content'),
  ],
  [
    'hashes that depend on git',
    e2e('fresh', 'what git ignores is an input like any other, and only `.git` and `.tasks` must be named to be one'),
  ],
  [
    'secrets in a cache or a log',
    e2e('cache', 'an output with the value of a secret in it is told and not kept'),
    e2e('secrets', 'what the log, the job summary and the profile keep is masked'),
  ],
  [
    'a foreign pull request fills the cache',
    e2e('cache-remote', 'environment variables name the server, the mode and the token, and win over the config'),
  ],
];

const shown = pitfalls.flatMap((row) => row.slice(1).filter((each) => typeof each !== 'string')) as readonly Shown[];

test('every pitfall has its test, or says why it needs none', () => {
  expect(pitfalls).toHaveLength(44);
  expect(new Set(pitfalls.map(([pitfall]) => pitfall)).size).toBe(pitfalls.length);
  for (const [pitfall, ...proofs] of pitfalls) expect(proofs.length, pitfall).toBeGreaterThan(0);
  expect(pitfalls.filter(([, proof]) => typeof proof === 'string')).toHaveLength(1);
});

test('every test that is named for a pitfall stands once in the file that is named, and runs', () => {
  for (const [file, title] of shown) {
    const quoted = read(file).split(title).length - 1;
    expect(quoted, `${file}: ${title}`).toBe(1);
    expect(read(file), `${file}: ${title}`).not.toMatch(/\b(?:test|it|describe)\.(?:skip|only|todo|fails)\b/);
  }
});

test('every file of tests of a promise that can be broken so is named', () => {
  const named = new Set(shown.map(([file]) => file));
  const ofPromises = files(
    /^test\/e2e\/runner-(fresh|cache|cache-remote|locks|signals|terminal|watch-\w+|schedule)\.test\.ts$/,
  );
  expect(ofPromises.filter((file) => !named.has(file))).toEqual([]);
});
