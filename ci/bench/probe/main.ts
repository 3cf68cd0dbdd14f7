/** Measures what the probe costs. Usage: node ci/bench/probe/main.ts [nginx|node|exchange|unrelated|drain|tools]…; needs root. */
import { measureCost } from './cost.ts';
import { measureDrain } from './drain.ts';
import { measureExchange } from './exchange.ts';
import { startAsImage } from './image.ts';
import { compareTools } from './tools.ts';
import { measureUnrelated } from './unrelated.ts';

const pairs = Number(process.env.PAIRS ?? 5);
const seconds = Number(process.env.SECONDS ?? 3);
/** The default filter: containers only, the server's end. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('PROFILER_'))) as Record<
  string,
  string
>;

const PARTS: Readonly<Record<string, () => Promise<void> | void>> = {
  nginx: () => measureCost('nginx', { pairs, seconds, env }),
  node: () => measureCost('node', { pairs, seconds, env }),
  exchange: () => measureExchange(pairs, env),
  unrelated: () => measureUnrelated(pairs),
  drain: () => measureDrain(),
  tools: () => compareTools(seconds),
};

if (!('typescript' in process.features)) {
  throw new Error(
    `Node ${process.version} does not run TypeScript as the profiler's image does: see ci/bench/README.md`,
  );
}

startAsImage();
const asked = process.argv.slice(2);
for (const part of asked.length === 0 ? Object.keys(PARTS) : asked) {
  const measure = PARTS[part];
  if (measure === undefined)
    throw new Error(`there is no part \`${part}\`; there are ${Object.keys(PARTS).join(', ')}`);
  await measure();
}
