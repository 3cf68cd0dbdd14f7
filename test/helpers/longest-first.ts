/** The order of the files of tests: one that takes long and began last would be waited for alone. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The others run by how long they took last time, or where that is not known by their size, which says little of these. */
export const LONGEST = [
  'test/bpf/fuzz.test.ts',
  'test/e2e/runner-doctor-matrix.test.ts',
  'test/profiler/connection-traffic.test.ts',
  'test/e2e/runner-flood.test.ts',
  'test/profiler/table.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONGEST.some((name) => moduleId.endsWith(`/${name}`));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
