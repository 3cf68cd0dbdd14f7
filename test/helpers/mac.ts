/** What a Mac shows of itself: no /proc, a `ps` that speaks the caller's language and knows no sessions, names that networks give it, and copies as old as what they are copies of. */
import type { Project } from './project.ts';

const preload = `const fs = require('node:fs');
Object.defineProperty(process, 'platform', { value: 'darwin' });
const missing = (path) => Object.assign(new Error('ENOENT: no such file, ' + path), { code: 'ENOENT' });
for (const name of ['readFileSync', 'readdirSync', 'readlinkSync']) {
  const real = fs[name];
  fs[name] = (path, ...rest) => {
    if (String(path).startsWith('/proc')) throw missing(path);
    return real(path, ...rest);
  };
}
const { existsSync, statSync } = fs;
fs.statSync = (path, options) => (path === '/private/var/db' ? { birthtimeMs: 1700000000123.5 } : statSync(path, options));
const { copyFileSync, utimesSync } = fs;
fs.copyFileSync = (from, to, mode) => {
  copyFileSync(from, to, mode);
  const { atimeMs, mtimeMs } = statSync(from);
  utimesSync(to, atimeMs / 1000, mtimeMs / 1000);
};
if (process.env.NETWORK) require('node:os').hostname = () => 'mac.' + process.env.NETWORK;
fs.existsSync = (path) => !String(path).startsWith('/proc') && existsSync(path);
`;

/** A session is a pointer of the kernel's, which it hides; times are local, and German ones have the day before the month. */
const ps = `told=\${@: -1}
case $told in *command=*) exec /usr/bin/ps "$@" ;; *sess=*) session=1 ;; esac
/usr/bin/ps "\${@:1:$#-1}" "\${told/sess=,/}" | awk -v session="$session" -v language="\${LC_ALL:-$LANG}" '{
  if (language ~ /^de/) { month = $(NF - 3); $(NF - 3) = $(NF - 2) "."; $(NF - 2) = month "." }
  if (session) $3 = $3 " 0"
  print
}'
exit "\${PIPESTATUS[0]}"`;

const cat = `case "$*" in */proc/*) exit 1 ;; esac
exec /usr/bin/cat "$@"`;

/** The environment of a run that has only what a Mac has; `NETWORK` in it is where the Mac is. */
export async function asOnMac(project: Project): Promise<Readonly<Record<string, string>>> {
  await project.program('ps', ps);
  await project.program('cat', cat);
  await project.write('mac.cjs', preload);
  return { NODE_OPTIONS: `--require=${project.path('mac.cjs')}` };
}
