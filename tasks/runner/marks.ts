/** The signs before a line, and the few others that need more than ASCII. */
export type Marks = Record<'started' | 'ready' | 'done' | 'failed' | 'left' | 'arrow' | 'dash' | 'ellipsis', string>;

export const unicodeMarks: Marks = {
  started: '▸',
  ready: '●',
  done: '✔',
  failed: '✖',
  left: '–',
  arrow: '→',
  dash: '—',
  ellipsis: '…',
};

export const asciiMarks: Marks = {
  started: '>',
  ready: '*',
  done: '+',
  failed: 'x',
  left: '-',
  arrow: '->',
  dash: '--',
  ellipsis: '...',
};

/** Whether the caller's terminal and locale show more than ASCII. A locale that is not set is taken for a new one. */
export function wantsUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.TERM === 'dumb' || env.TERM === 'linux') return false;
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}

/** A text of ours in ASCII: our marks are spelled out, all else stays. */
export function inAscii(text: string): string {
  return text.replace(/[▸●✔✖–→—…·]/g, (sign) => spelled[sign] ?? sign);
}

const spelled: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(unicodeMarks).map(([name, sign]) => [sign, asciiMarks[name as keyof Marks]])),
  '·': '|',
};
