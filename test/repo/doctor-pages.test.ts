/** The pages about the checks are what the checks say. */
import { expect, test } from 'vitest';
import { doctorPages } from '../../ci/generate/doctor.ts';
import { read } from '../helpers/tree.ts';

test('the pages are fresh; `npx jiti ci/generate/doctor.ts` writes them', async () => {
  for (const [path, text] of Object.entries(await doctorPages())) expect(read(path), path).toBe(text);
});

test('every check says what it is about and what mends it, and has its own section', async () => {
  const page = (await doctorPages())['docs/doctor.md'] ?? '';
  const ids = [...page.matchAll(/^\| \[([A-Z]{2}\d{3})\]/gm)].map((match) => match[1] ?? '');
  expect(ids.length).toBeGreaterThan(25);
  for (const id of ids) {
    const [section = ''] = new RegExp(`^### ${id}\\n[\\s\\S]*?(?=\\n##)`, 'm').exec(page) ?? [];
    expect(section, id).toMatch(/^\*\*[\w-]+\*\*: .*\?$/m);
    expect(section.split('\n\n')[2] ?? '', id).toMatch(/^[A-Z].*\.$/);
    if (id !== 'ND001') expect(section, id).toContain('- fixed by: ');
  }
});
