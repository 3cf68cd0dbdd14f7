import type { Stamped } from '../events.ts';
import type { Host } from '../host.ts';
import { jsonOf } from '../text/json.ts';
import type { Renderer } from './index.ts';
import { writeTogether } from './together.ts';

/** Each event as one line of JSON. */
export function makeJsonRenderer(host: Pick<Host, 'writeMasked'>): Renderer {
  const out = writeTogether(host.writeMasked);
  return {
    on: (event: Stamped) => {
      const line = `${jsonOf(event)}\n`;
      if (event.type === 'task-output') out.add(line);
      else out.write(line);
    },
    end: async () => out.flush(),
  };
}
