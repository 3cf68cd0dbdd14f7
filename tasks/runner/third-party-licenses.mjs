/** The licences of what is bundled ask that their text goes with every copy, and the bundle has no comments. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ofPackage = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;
/** What zx says of those that it has bundled itself. */
const ofPackagesWithin = 'build/3rd-party-licenses';

/** Writes `dist/third-party-licenses.txt`: each package of which there is code in the bundle, with its licence. */
export function thirdPartyLicenses() {
  return {
    name: 'third-party-licenses',
    generateBundle(_, files) {
      const modules = Object.values(files).flatMap(({ moduleIds = [] }) => moduleIds);
      const folders = new Set(modules.flatMap((id) => ofPackage.exec(id)?.[1] ?? []));
      const source = [intro, ...[...folders].map((folder) => describe(folder)).sort()].join('\n\n');
      this.emitFile({ type: 'asset', fileName: 'third-party-licenses.txt', source });
    },
  };
}

const intro = 'The programs in this folder contain code of the packages below, each under its own licence.';

function describe(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const own = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (own.length === 0) throw new Error(`${name} is bundled, and has no file that says under which licence`);
  const within = existsSync(join(folder, ofPackagesWithin)) ? [ofPackagesWithin] : [];
  const texts = [...own, ...within].map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `== ${name} ${version} (${license})\n\n${texts.join('\n\n')}`;
}
