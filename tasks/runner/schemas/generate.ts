import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { schemaForEditors, schemaOfEvents } from './for-editors.ts';

const folder = dirname(import.meta.dirname);
writeFileSync(join(folder, 'schema.json'), schemaForEditors());
writeFileSync(join(folder, 'events.schema.json'), schemaOfEvents());
