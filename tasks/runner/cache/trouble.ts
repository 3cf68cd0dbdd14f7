import { errnoOf, messageOf } from '../errors.ts';

/** Node's codes for a certificate whose authority it does not know, as that of a company's own. */
const unknownAuthority = [
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
];

/** Why a server could not be asked, and what to do where Node's own words do not say it. */
export function troubleOf(error: unknown): string {
  const text = messageOf(error).trimEnd();
  // OpenSSL's way to say that what came is no TLS at all.
  if (text.includes('wrong version number')) return 'it does not speak TLS: is `http://` meant?';
  if (text === 'aborted') return 'it broke off its answer';
  if (text === 'socket hang up') return 'it closed the connection without an answer';
  if (!unknownAuthority.includes(errnoOf(error) ?? '')) return text;
  return `${text}: set NODE_EXTRA_CA_CERTS to the file of the certificate of its authority`;
}
