import type { Context } from 'zx-tasks';

/** Who may name the file with the certificate authority of a company's proxy; npm's own settings come after them. */
const variables = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'npm_config_cafile'];

/** The first that is set, and to what. */
export function caOfEnv(env: Context['env']): { readonly name: string; readonly path: string } | undefined {
  return variables.map((name) => ({ name, path: env[name] ?? '' })).find(({ path }) => path !== '');
}
