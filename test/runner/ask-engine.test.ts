/** Why Podman does not answer an ordinary user, and how an old Docker is understood. */
import { expect, test } from 'vitest';
import { askDocker, askPodman } from '../../tasks/runner/engine/ask.ts';
import { makeElevate } from '../../tasks/runner/engine/elevate.ts';
import { makeEngineSource } from '../../tasks/runner/engine.ts';
import type { Ran } from '../../tasks/runner/script.ts';

const asItIs = { mayAsk: false, containersConf: undefined, isCallers: false, proxyVariables: [] };
const here = { code: 0, stdout: 'podman version 5.4.2\n' };
const notFound = { code: null, problem: 'not-found' } as const;

test.each<[string, Partial<Ran>, Partial<Ran>, string]>([
  ['there is none', notFound, here, 'missing'],
  ['there is no sudo', here, notFound, 'silent: it needs root here, and `sudo` is not installed'],
  ['root has none', here, { code: 127 }, 'silent: it needs root here, and is not on root’s PATH'],
  [
    'sudo wants a password',
    here,
    { code: 1, stderr: 'sudo: a password is required\n' },
    'silent: it needs root here, and `sudo` asks for a password',
  ],
])('%s', async (_which, version, info, expected) => {
  const privilege = makeElevate({ ...asItIs, needsRoot: true });
  const answer = await askPodman(async (command) => {
    const given = command[0] === 'sudo' ? info : version;
    return { command: command.join(' '), code: 0, stdout: '', stderr: '', tookMs: 1, ...given };
  }, privilege);
  expect(`${answer.state}${answer.state === 'silent' ? `: ${answer.problem}` : ''}`).toBe(expected);
});

test('a Docker before 23, which prints the word `json` when it is asked for JSON, answers all the same', async () => {
  const privilege = makeElevate({ ...asItIs, needsRoot: false });
  const said: Readonly<Record<string, string>> = {
    'docker info --format json': 'json\n',
    'docker info --format {{json .}}': '{"ServerVersion":"20.10.24+dfsg1","SecurityOptions":["name=seccomp"]}\n',
    'docker version --format json': 'json\n',
  };
  const answer = await askDocker(async (words) => {
    const command = words.join(' ');
    return { command, code: 0, stdout: said[command] ?? '', stderr: '', tookMs: 1 };
  }, privilege);
  expect(answer).toMatchObject({
    state: 'answers',
    engine: { name: 'docker', version: '20.10.24+dfsg1', rootful: true, disguised: false },
  });
  expect(answer.state === 'answers' && JSON.parse(answer.engine.info.stdout)).toHaveProperty('ServerVersion');
});

test('through sudo the variables of a proxy are kept, and their values stay out of the command', () => {
  const proxyVariables = ['HTTPS_PROXY', 'no_proxy'];
  const { asRoot, plain } = makeElevate({ ...asItIs, needsRoot: true, containersConf: '/c', proxyVariables });
  const kept = ['sudo', '-n', '--preserve-env=HTTPS_PROXY,no_proxy', 'env', 'CONTAINERS_CONF=/c', 'podman'];
  expect(asRoot(['podman'])).toEqual(kept);
  expect(plain(['podman'])).toEqual(['env', 'CONTAINERS_CONF=/c', 'podman']);
});

test.each([
  ['they are kept where sudo allows it', '', ' --preserve-env=HTTPS_PROXY'],
  [
    'and are left out where it would refuse the whole command',
    'sudo: sorry, you are not allowed to set the following environment variables: HTTPS_PROXY\n',
    '',
  ],
])('the variables of a proxy: %s', async (_, refusal, kept) => {
  const asked: string[] = [];
  const source = makeEngineSource({
    host: {
      env: { HTTPS_PROXY: 'http://proxy.example.com', CONTAINERS_CONF: '' },
      platform: { os: 'linux', arch: 'x64', pretended: false },
      user: { uid: 1000, gid: 1000 },
      stdinIsTerminal: false,
      readText: async () => undefined,
    },
    root: '/project',
    wanted: 'podman',
    run: async (words) => {
      const command = words.join(' ');
      asked.push(command);
      const isRefused = command.includes('--preserve-env') && refusal !== '';
      return { command, code: isRefused ? 1 : 0, stdout: '', stderr: isRefused ? refusal : '', tookMs: 1 };
    },
  });
  await source.ask();
  const asRoot = asked.filter((command) => /^sudo .*podman/.test(command));
  expect(asRoot.length).toBeGreaterThan(0);
  for (const command of asRoot) expect(command).toContain(`sudo -n${kept} env CONTAINERS_CONF= podman`);
});
