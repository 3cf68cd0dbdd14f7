/** Finishes what tsc declared: relative imports end as the published files do, and what is required gets `.d.cts` beside it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dist = join(import.meta.dirname, 'dist');

for (const name of readdirSync(dist).filter((file) => file.endsWith('.d.ts'))) {
  const text = readFileSync(join(dist, name), 'utf8');
  const importing = (extension) => text.replaceAll(/(from '\.\/[^']+)\.(?:ts|js)'/g, `$1${extension}'`);
  writeFileSync(join(dist, name), importing('.js'));
  writeFileSync(join(dist, name.replace(/\.d\.ts$/, '.d.cts')), importing('.cjs'));
}
