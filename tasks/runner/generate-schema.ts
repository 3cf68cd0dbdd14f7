import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaForEditors, schemaOfEvents } from './schema-for-editors.ts';

writeFileSync(join(import.meta.dirname, 'schema.json'), schemaForEditors());
writeFileSync(join(import.meta.dirname, 'events.schema.json'), schemaOfEvents());
