import type { Context } from 'zx-tasks';

/** The variables, by name, that tell programs how to reach the network. */
export function proxyVariables(env: Context['env']): readonly string[] {
  return Object.keys(env).filter((name) => /^(https?|no)_proxy$/i.test(name) && (env[name] ?? '') !== '');
}

/** Those that help in a build's container, for which a proxy on the loopback would be the container itself. */
export function variablesForBuilds(env: Context['env']): readonly string[] {
  return proxyVariables(env).filter((name) => !LOOPBACK.test(env[name] ?? ''));
}

const LOOPBACK = /^(?:\w+:\/\/)?(?:[^@/]*@)?(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d*)?\/?$/i;
