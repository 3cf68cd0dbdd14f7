/**
 * Which parameters name a secret. A name is split into words (`accessToken`, `access_token` and `user[access-token][]` have the same)
 * and compared word by word. To mask what is none costs little, to write a secret costs much: the list is long on purpose.
 * It has what others mask by default, and more:
 * OpenTelemetry's semantic conventions, https://opentelemetry.io/docs/specs/semconv/url/url (AWSAccessKeyId, Signature, sig, X-Goog-Signature);
 * Datadog, the default of DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP and of DD_APPSEC_OBFUSCATION_PARAMETER_KEY_REGEXP;
 * Sentry, https://docs.sentry.io/security-legal-pii/scrubbing/server-side-scrubbing/;
 * Rails, config/initializers/filter_parameter_logging.rb of a new application.
 */

/** Secret wherever they stand in a name; `_` parts the words of one that has several. */
const WORDS =
  'access_code apikey assertion auth authentication authorization authz backup_code bearer confirmation_code cookie credential ' +
  'credentials csrf cvc cvv device_code hmac hotp jsessionid jwe jws jwt key login_code mfa nonce oauth otp pass passcode passwd ' +
  'password passwords passphrase passwort phpsessid pin private privatekey pswd pw pwd recovery_code reset_code salt saml samlart ' +
  'samlrequest samlresponse secret secrets security_code sess sessid session sessionid sid sig signature sms_code totp user_code ' +
  'verification_code verifier wresult xsrf';

/** Secret also where they are only the end of a word: `csrfmiddlewaretoken`. Not `tokens`, which are counted. */
const ENDINGS =
  'accesskey accesskeyid apikey authcode credential credentials passphrase passwd password privatekey secret secretkey sessid sessionid signature token';

/** Secret only where they are all of a name, or of what stands in brackets: `code`, but not `country_code`. */
const ALONE = /(?<![\w-])(?:code|sign|signed|ticket)(?![\w-])/i;

const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z\x80-\xff]+|\d+/g;
const KEPT_NAMES = 256;
const KEPT_LENGTH = 64;

/** Makes the function that says whether a name, its percent signs decoded, is a secret's. `further` are words, or several in a row. */
export function createSecretNames(further: readonly string[]): (name: string) => boolean {
  const own = further
    .map(asBytes)
    .flatMap((name) => [wordsOf(name), wordsOf(name.toLowerCase())].map((words) => words.join('_')));
  const words = [...WORDS.split(' '), ...own];
  const secret = new RegExp(`_(?:${words.join('|')})_|(?:${ENDINGS.replaceAll(' ', '|')})_`);
  const known = new Map<string, boolean>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const isSecret = secret.test(spell(name)) || ALONE.test(name);
    if (known.size >= KEPT_NAMES) known.clear();
    if (name.length <= KEPT_LENGTH) known.set(name, isSecret);
    return isSecret;
  };
}

/** `_access_token_` and, for those who write as they like, `_accesstoken_`. */
function spell(name: string): string {
  return `_${wordsOf(name).join('_')}_ _${wordsOf(name.toLowerCase()).join('_')}_`;
}

function wordsOf(name: string): readonly string[] {
  return (name.match(WORD) ?? []).map((word) => word.toLowerCase());
}

/** As a target has it: one character for each byte. */
function asBytes(name: string): string {
  return Buffer.from(name).toString('latin1');
}
