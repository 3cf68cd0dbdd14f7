import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaForEditors } from './schema-for-editors.ts';

writeFileSync(join(import.meta.dirname, 'schema.json'), schemaForEditors());
