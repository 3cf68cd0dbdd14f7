/** Can the images that ours are built on be had? */
import type { CheckResult, Engine, Fix, Probe, Ran } from 'zx-tasks';
import { type BaseImage, baseImages, chosenImage } from '../lib/base-images.ts';
import { documented } from '../lib/docs.ts';
import { imageId } from '../lib/images.ts';
import { shellWord } from '../lib/shell-word.ts';
import { withEngine } from '../lib/subjects.ts';

export const checks = documented([
  {
    id: 'IM001',
    name: 'base-images',
    question: 'are the base images here, or does their registry answer?',
    group: 'images',
    // Where no registry answers they are made here, by containers that reach the distribution's packages.
    needs: ['EN004', 'EN005'],
    timeoutMs: 60_000,
    about:
      'The images are built on Debian’s and Node’s official ones. These are here already, were made here from packages, or can be pulled because their registry answers. DEBIAN_IMAGE and NODE_IMAGE name others. HTTP_PROXY, HTTPS_PROXY and NO_PROXY are handed on to the engine, through sudo too, and to builds; a Docker daemon pulls by its own settings.',
    fix: 'making them from the distribution’s packages, or naming images that can be pulled',
    run: withEngine(baseImagesCanBeHad),
  },
]);

async function baseImagesCanBeHad(probe: Probe, engine: Engine): Promise<CheckResult> {
  const here = await imagesHere(probe, engine);
  const places = await Promise.all(baseImages.map((image) => whereIs(probe, engine, { image, here })));
  const lacking = baseImages.find((_, index) => isRan(places[index]));
  const asked = places.find(isRan);
  if (lacking === undefined || asked === undefined) return { outcome: 'pass', summary: places.join(', ') };
  const isUntrusted = probe.platform.os === 'darwin' && engine.name === 'podman' && /x509: /.test(asked.stderr);
  return isUntrusted ? untrusted(probe, lacking) : missing(probe, lacking);
}

function isRan(place: string | Ran | undefined): place is Ran {
  return typeof place === 'object';
}

/** Which of the names stand for an image here, asked all at once; docker leaves out where the official ones come from. */
async function imagesHere(probe: Probe, engine: Engine): Promise<ReadonlySet<string>> {
  const names = baseImages.flatMap((image) => [image.official, image.bootstrapped]);
  const ran = await probe.run([...engine.command, 'image', 'inspect', '--format', '{{.RepoTags}}', ...names]);
  const found = ran.stdout.split(/[\s[\]]+/);
  return new Set([...found, ...found.map((name) => `docker.io/library/${name}`)]);
}

type Sought = { readonly image: BaseImage; readonly here: ReadonlySet<string> };

/** Where it is, or how it was asked for in vain. One that the caller chose may be named by its digest or its id, which only `inspect` knows. */
async function whereIs(probe: Probe, engine: Engine, { image, here }: Sought): Promise<string | Ran> {
  const chosen = chosenImage(probe.env, image);
  const local = (chosen === undefined ? [image.official, image.bootstrapped] : [chosen]).find((name) => here.has(name));
  if (local !== undefined) return local;
  if (chosen !== undefined && (await imageId(probe.run, engine, chosen)) !== undefined) return chosen;
  const remote = chosen ?? image.official;
  const asked = await probe.run([...engine.command, 'manifest', 'inspect', remote], { timeoutMs: 20_000 });
  return asked.code === 0 ? `${remote} (to be pulled)` : asked;
}

/** The machine trusts what its own system does, and nothing of the Mac's keychains. */
function untrusted(probe: Probe, image: BaseImage): CheckResult {
  const named = probe.env.NODE_EXTRA_CA_CERTS || undefined;
  const put = 'sudo tee /etc/pki/ca-trust/source/anchors/proxy.pem >/dev/null && sudo update-ca-trust';
  const fixes: readonly Fix[] = [
    {
      about: 'make the machine trust the certificate authority',
      command: `podman machine ssh '${put}' < ${shellWord(named ?? 'ca.pem')}`,
      byHand: true,
    },
    {
      about: 'export the certificate authority from the Mac’s keychain first',
      command: 'security find-certificate -a -p /Library/Keychains/System.keychain > ca.pem',
      byHand: true,
    },
  ];
  return {
    outcome: 'fail',
    summary: `\`${chosenImage(probe.env, image) ?? image.official}\` cannot be pulled: its registry’s certificate is not trusted in the Podman machine`,
    cause: 'a proxy inspects TLS, and the machine does not trust its certificate authority, even if the Mac does',
    fixes: named === undefined ? [...fixes].reverse() : fixes.slice(0, 1),
  };
}

async function missing(probe: Probe, image: BaseImage): Promise<CheckResult> {
  const chosen = chosenImage(probe.env, image);
  return {
    outcome: 'fail',
    summary: `\`${chosen ?? image.official}\` is not here, and its registry does not answer`,
    cause: 'this machine cannot reach a container registry, or a proxy is in between',
    fixes:
      chosen === undefined
        ? await bootstrapFixes(probe)
        : [{ about: 'use the default image', command: `unset ${image.buildArg}`, byHand: true }],
  };
}

async function bootstrapFixes(probe: Probe): Promise<readonly Fix[]> {
  const byHand: Fix = {
    about: 'name images that this machine can pull',
    command: 'export DEBIAN_IMAGE=… NODE_IMAGE=…',
    byHand: true,
  };
  const canBootstrap = probe.platform.os === 'linux' && (await probe.which('apt-get')) !== undefined;
  return canBootstrap
    ? [{ about: "make them from the distribution's packages", task: 'fix-base-images' }, byHand]
    : [byHand];
}
