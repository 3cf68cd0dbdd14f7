/** Puts into the package those pages that speak of the runner and not of this repository. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const pages = ['migration', 'output', 'recipes', 'tasks', 'up-to-date', 'watch'];
const docs = join(import.meta.dirname, 'docs');

rmSync(docs, { recursive: true, force: true });
for (const page of pages) cpSync(join(import.meta.dirname, '../../docs', `${page}.md`), join(docs, `${page}.md`));
