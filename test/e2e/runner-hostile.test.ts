/** What comes from a config, a file or another program does nothing to a terminal but print. */
import { expect, test } from 'vitest';
import { createProject } from '../helpers/project.ts';

const control = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u202E]/;

const config = `version: 1
messages: messages.yaml
checks:
  odd: { id: OD001, command: odd, version: '>=2', group: "g\\e[2J", about: "for \\e[2J", docs: "d\\e[2J", install: { brew: "b\\e[2J" } }
tasks:
  a:
    about: "a\\e[2J\\u009B2J\\u202E"
    group: "\\e]0;title\\a"
    params: { p: { about: "p\\e[2J", type: enum, values: ["v\\e[2J"], default: "v\\e[2J" } }
    args: { name: "w\\e[2J", about: "\\e[2J", values: ["x\\e[2J"] }
    confirm: "sure\\e[2J?"
    run: "echo \\e[2J \${p} \${args} >/dev/null"
    finally: "true '\\e[2J'"
  b: { container: "i\\e[2J", run: 'true' }
  fails: { run: "echo bad; false '\\e[2J'" }
  checked: { requires: [odd], run: 'true' }
  skipped: { platforms: [win32], run: 'true' }
  served: { service: { run: "sleep 9 '\\e[2J'", ready: { log: "x\\e", within: 100ms } } }
`;
const messages = `- { pattern: bad, cause: "c\\e[2J", remedy: "r\\e[2J" }\n`;

test.each([
  '--list',
  '--help a b',
  '--dry-run --yes a',
  '--dry-run b',
  '--dry-run served',
  'a',
  '--verbose --yes a',
  '--output=prefixed --verbose --yes a',
  '--verbose fails',
  '--output=prefixed fails',
  '--explain fails',
  'checked',
  'served',
  'doctor',
  'doctor --checks',
  'doctor --about OD001',
  'doctor --markdown',
  'doctor --checklist',
  'no\u001B[2J',
  '--no\u001B[2J',
  '--jobs=\u001B[2J a',
  'a --p=\u001B[2J --yes x\u001B[2J',
  'a --yes y\u001B[2J',
  '--import=\u001B[2J',
  '--completion=\u001B[2J',
  '--completion=candidates -- tasks a',
])('`tasks %s` prints no control character of a config, a command line or another program', async (words) => {
  await using project = await createProject({ 'tasks.config.yaml': config, 'messages.yaml': messages });
  await project.program('odd', "printf 'odd 1.2\\033[2J\\n'");
  const { exit, stdout, stderr } = await project.run(words);
  // A config that is refused would say nothing of all that.
  expect(exit).not.toBe(3);
  expect(`${stdout}${stderr}`).not.toMatch(control);
});

test('a secret stays covered where what a check prints is cut', async () => {
  const oddly = `version: 1
secrets: [MINE]
checks:
  mine: { id: OD001, command: 'printf "%0*d%s" 392 0 "$MINE"; exit 1', version: '>=2' }
  other: { id: OD002, command: 'printf "%0*d%s" 392 0 "$SOME_TOKEN"; exit 1', version: '>=2' }
tasks: {}
`;
  await using project = await createProject({ 'tasks.config.yaml': oddly });
  const env = { MINE: 'hunter2-abcdefghijk', SOME_TOKEN: 'sesame-abcdefghijk' };
  for (const form of ['--json', '--markdown']) {
    const { exit, stdout } = await project.run(`doctor ${form}`, { env });
    expect({ exit, isShown: /0{392}[^0\s"]/.test(stdout) }).toEqual({ exit: 4, isShown: true });
    expect(stdout).not.toMatch(/hunter|sesame/);
  }
});
