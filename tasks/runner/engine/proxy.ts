/** The variables, by name, that tell programs how to reach the network. */
export function proxyVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.keys(env).filter((name) => /^(https?|no)_proxy$/i.test(name) && (env[name] ?? '') !== '');
}
