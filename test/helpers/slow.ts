/** The files of a program that takes its time to clean up after SIGTERM and tells in `story` what it was asked; its parent is gone by then. */
export const slowToEnd = (ms: number): Readonly<Record<string, string>> => ({
  'work.sh': 'node slow.cjs & exec sleep 1000\n',
  'slow.cjs': `const { appendFileSync } = require('node:fs');
let times = 0;
process.on('SIGTERM', () => {
  times++;
  if (times > 1) return appendFileSync('story', 'asked again ');
  setTimeout(() => { appendFileSync('story', 'cleaned'); process.exit(0); }, ${ms});
});
setInterval(() => {}, 1000);
console.log('listening');
`,
});
