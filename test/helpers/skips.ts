/**
 * A vitest reporter: a test that is skipped must be listed with its reason in test/skips.json, or the run fails; and a last
 * line that machines read.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

type Listed = Readonly<Record<string, string>>;

export class Skips implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const state = (wanted: string) => tests.filter((each) => each.result().state === wanted);
    const skipped = state('skipped');
    const listed = JSON.parse(readFileSync(join(import.meta.dirname, '../skips.json'), 'utf8')) as Listed;
    for (const each of skipped) report(each, listed);
    const failed = state('failed').length + modules.filter((module) => module.errors().length > 0).length;
    console.log(`\n${state('passed').length} passed, ${failed} failed, ${skipped.length} skipped`);
  }
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
