/**
 * A vitest reporter: a test that is skipped must be listed with its reason in test/skips.json, and only tests may be, or the
 * run fails; the names and causes of what failed once more, since a log is read from its end; and a last line that machines
 * read.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

type Listed = Readonly<Record<string, string>>;

/** How many failures are named; what breaks more has one cause. */
const MOST = 20;

export class Skips implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const state = (wanted: string) => tests.filter((each) => each.result().state === wanted);
    const skipped = state('skipped');
    const listed = JSON.parse(readFileSync(join(testFolder, 'skips.json'), 'utf8')) as Listed;
    for (const each of skipped) report(each, listed);
    if (isComplete(modules)) for (const name of Object.keys(listed)) reportUnlessAmong(tests, name);
    const failed = [...state('failed').map(failureOfTest), ...modules.flatMap(failuresOfModule)];
    for (const line of failed.slice(0, MOST)) console.log(line);
    if (failed.length > MOST) console.log(`and ${failed.length - MOST} more`);
    console.log(`\n${state('passed').length} passed, ${failed.length} failed, ${skipped.length} skipped`);
  }
}

const testFolder = join(import.meta.dirname, '..');

/** Whether no test file was left out. */
function isComplete(modules: readonly TestModule[]): boolean {
  const ran = new Set(modules.map(({ moduleId }) => moduleId));
  const files = readdirSync(testFolder, { recursive: true, encoding: 'utf8' });
  return files.filter((name) => name.endsWith('.test.ts')).every((name) => ran.has(join(testFolder, name)));
}

function reportUnlessAmong(tests: readonly TestCase[], name: string): void {
  if (tests.some(({ fullName }) => fullName === name)) return;
  process.exitCode = 1;
  console.log(`listed in test/skips.json, and there is no such test: ${name}`);
}

function failureOfTest(test: TestCase): string {
  return `failed: ${test.module.relativeModuleId} > ${test.fullName}: ${firstLine(test.result().errors?.[0])}`;
}

/** A file that cannot be loaded, or whose hooks fail, has errors of its own. */
function failuresOfModule(module: TestModule): readonly string[] {
  return module.errors().map((error) => `failed: ${module.relativeModuleId}: ${firstLine(error)}`);
}

function firstLine(error: { readonly message: string } | undefined): string {
  return error?.message.split('\n', 1)[0]?.slice(0, 300) ?? 'no message';
}

function report(test: TestCase, listed: Listed): void {
  const reason = listed[test.fullName];
  if (reason === undefined) process.exitCode = 1;
  console.log(
    reason === undefined
      ? `skipped, and not listed in test/skips.json: ${test.fullName}`
      : `skipped: ${test.fullName}: ${reason}`,
  );
}
