/** What is said of a config that is wrong: nothing is executed, and nothing printed elsewhere. */
import { expect } from 'vitest';
import { createProject } from './project.ts';

export const errorsOf = async (config: string, words = '--list', files: Record<string, string> = {}) => {
  await using project = await createProject({ 'tasks.config.yaml': config, ...files });
  const { exit, stdout, stderr } = await project.run(words);
  expect({ exit, stdout }).toEqual({ exit: 3, stdout: '' });
  return stderr.replace(/(hint: valid keys are) `about`, `aliases`, .*/, '$1 <those of a task>');
};
