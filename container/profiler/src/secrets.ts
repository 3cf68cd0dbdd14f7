/** What must not be written anywhere: values of query parameters that name a secret, and passwords in a target. */

/** Names that are always redacted; settings add to them. */
export const SECRET_NAMES = [
  'access_token',
  'api-key',
  'api_key',
  'apikey',
  'auth_token',
  'authorization',
  'client_secret',
  'id_token',
  'passphrase',
  'passwd',
  'password',
  'private_key',
  'pwd',
  'refresh_token',
  'secret',
  'session_id',
  'session_token',
  'sessionid',
  'sig',
  'signature',
  'token',
  'x-amz-credential',
  'x-amz-security-token',
  'x-amz-signature',
];

const USER_INFO = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i;

/** Makes the function that takes the secrets out of a request's target. */
export function createRedactor(names: readonly string[]): (target: string) => string {
  const secret = new Set([...SECRET_NAMES, ...names].map((name) => name.toLowerCase()));
  return (target) => {
    const bare = target.charCodeAt(0) === 47 ? target : target.replace(USER_INFO, '$1***@');
    const query = bare.indexOf('?');
    return query === -1 ? bare : bare.slice(0, query + 1) + redactQuery(bare.slice(query + 1), secret);
  };
}

function redactQuery(query: string, secret: ReadonlySet<string>): string {
  return query.replace(/([^&;=#]+)=([^&;#]*)/g, (pair, name: string) =>
    secret.has(plainName(name)) ? `${name}=***` : pair,
  );
}

/** A name may hide behind percent signs, a `+` or brackets: `user%5Btoken%5D`, `user[token]`. */
function plainName(name: string): string {
  const decoded = name.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const inner = /\[([^\]]+)\]\s*$/.exec(decoded)?.[1] ?? decoded;
  return inner.trim().toLowerCase();
}
