/**
 * Draws what a command printed as a picture of a terminal, for the README:
 *   npx tasks test | node ci/generate/terminal-svg.mjs 'npx tasks test' > docs/terminal.svg
 */
import { readFileSync } from 'node:fs';

const FONT_SIZE = 13;
const LINE_HEIGHT = 18;
const CHARACTER_WIDTH = 7.83;
const MARGIN = 16;
const TITLE_HEIGHT = 34;

const command = process.argv[2] ?? '';
const lines = readFileSync(0, 'utf8').trimEnd().split('\n');
const shown = [`$ ${command}`, ...lines];
const width = Math.ceil(Math.max(...shown.map((line) => line.length)) * CHARACTER_WIDTH + 2 * MARGIN);
const height = TITLE_HEIGHT + shown.length * LINE_HEIGHT + MARGIN;

const escapeXml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const colour = (line) => {
  if (line.startsWith('$ ')) return '#ffffff';
  if (/^\W*✔/.test(line)) return '#7ee787';
  if (/^\W*✖/.test(line)) return '#ff7b72';
  return '#c9d1d9';
};
const rows = shown.map((line, index) => {
  const y = TITLE_HEIGHT + (index + 1) * LINE_HEIGHT - 4;
  return `<text x="${MARGIN}" y="${y}" fill="${colour(line)}" xml:space="preserve">${escapeXml(line)}</text>`;
});
const dots = ['#ff5f56', '#ffbd2e', '#27c93f'].map(
  (fill, index) => `<circle cx="${MARGIN + 6 + index * 20}" cy="17" r="6" fill="${fill}"/>`,
);

process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>${escapeXml(`A terminal: ${command}`)}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${dots.join('')}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="${FONT_SIZE}">
${rows.join('\n')}
</g>
</svg>
`);
