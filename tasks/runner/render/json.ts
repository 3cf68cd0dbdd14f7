import type { Stamped } from '../events.ts';
import type { Host } from '../host.ts';
import type { Renderer } from './index.ts';

/** Each event as one line of JSON. */
export function makeJsonRenderer(host: Pick<Host, 'write'>): Renderer {
  return {
    ready: Promise.resolve(),
    on: (event: Stamped) => host.write(`${JSON.stringify(event)}\n`),
    end: () => Promise.resolve(),
  };
}
