import type { Context, Ran } from 'zx-tasks';

/** Who may name the file with the certificate authority of a company's proxy; npm's own settings come after them. */
const variables = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'npm_config_cafile'];

type Tools = {
  readonly run: (command: readonly string[]) => Promise<Ran>;
  readonly env: Context['env'];
};

/** The first that is set, to what, and what sets it to something else; npm reads more files than one would look into. */
export async function findCa({
  run,
  env,
}: Tools): Promise<{ readonly name: string; readonly path: string } | undefined> {
  const set = variables.find((name) => (env[name] ?? '') !== '');
  if (set !== undefined) return { name: set, path: env[set] ?? '' };
  const ran = await run(['npm', 'config', 'get', 'cafile']);
  const path = ran.stdout.trim();
  return ran.code === 0 && !['', 'null', 'undefined'].includes(path) ? { name: 'npm_config_cafile', path } : undefined;
}
