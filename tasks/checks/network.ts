/** What makes downloads fail for no visible reason: a certificate that nobody trusts, and a clock that is wrong. */
import { X509Certificate } from 'node:crypto';
import type { CheckResult, Probe } from 'zx-tasks';
import { findCa } from '../lib/corporate-ca.ts';
import { documented } from '../lib/docs.ts';
import { readMachine } from '../lib/machine.ts';
import { fate } from '../lib/ran.ts';
import { withPodman } from '../lib/subjects.ts';

const SKEW_WARNED_S = 5;
const SKEW_FAILED_S = 120;

export const checks = documented([
  {
    id: 'CA001',
    name: 'corporate-ca',
    question: 'is the certificate authority of a proxy readable, if one is set?',
    group: 'network',
    about:
      'Where a company’s proxy inspects TLS, NODE_EXTRA_CA_CERTS, SSL_CERT_FILE or npm’s `cafile` names its certificate authority; builds get it as a secret.',
    fix: 'a file that exists, in PEM, with a certificate that is valid today',
    run: caIsReadable,
  },
  {
    id: 'CK001',
    name: 'machine-clock',
    question: 'do the clocks of the Mac and of its Podman machine agree?',
    group: 'network',
    needs: ['EN002'],
    platforms: ['darwin'],
    timeoutMs: 15_000,
    about:
      'A machine’s clock may stop while the Mac sleeps. Then certificates seem not to be valid yet, and files seem to be from the future.',
    fix: 'setting the machine’s clock',
    run: withPodman(clocksAgree),
  },
]);

async function caIsReadable(probe: Probe): Promise<CheckResult> {
  const chosen = await findCa(probe);
  if (chosen === undefined) return { outcome: 'pass', summary: 'none is set' };
  const { name, path } = chosen;
  const text = await probe.read(path);
  const wrong = (what: string): CheckResult => ({
    outcome: 'fail',
    summary: `${name} names ${path}, which ${what}`,
    cause: 'downloads through the proxy fail without its certificate authority',
    fixes: [{ about: 'name the right file', command: `export ${name}=…`, byHand: true }],
  });
  if (text === undefined) return wrong('cannot be read');
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  if (certificates === null) return wrong('contains no PEM certificate');
  const ends = certificates.flatMap((pem) => expiryOf(pem) ?? []);
  if (ends.length === 0) return wrong('contains a damaged certificate');
  const now = Number((await probe.ask(['date', '+%s'])).stdout) * 1000;
  // A company that changes its authority hands out the old one beside the new.
  if (Math.max(...ends) < now) return wrong('has expired');
  return { outcome: 'pass', summary: `${name}=${path}` };
}

function expiryOf(pem: string): number | undefined {
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch {
    return undefined;
  }
}

async function clocksAgree(probe: Probe): Promise<CheckResult> {
  const found = await readMachine(probe.ask);
  if (found.state === 'unknown' || found.machine === undefined)
    return { outcome: 'could-not-check', summary: 'no machine', cause: 'the machine is no longer listed' };
  const { name } = found.machine;
  const inside = await probe.run(['podman', 'machine', 'ssh', name, 'date', '+%s'], { timeoutMs: 10_000 });
  const outside = await probe.run(['date', '+%s']);
  if (inside.code !== 0)
    return {
      outcome: 'could-not-check',
      summary: 'unknown',
      cause: `\`${inside.command}\` ${fate(inside)}`,
    };
  const skew = Math.abs(Number(inside.stdout) - Number(outside.stdout));
  if (skew <= SKEW_WARNED_S) return { outcome: 'pass', summary: `${skew} s apart` };
  return {
    outcome: skew > SKEW_FAILED_S ? 'fail' : 'warn',
    summary: `the machine’s clock is ${skew} s off`,
    cause: 'it stops while the Mac sleeps',
    fixes: [{ about: 'set the clock', command: `podman machine ssh ${name} sudo systemctl restart chronyd` }],
  };
}
