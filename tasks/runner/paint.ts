import { type Marks, unicodeMarks } from './marks.ts';

/** Colours for one stream: each function returns its text unchanged where colours are off. */
export type Paint = Record<'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold', (text: string) => string> & {
  readonly marks: Marks;
};

/** Live lists take the cursor away; who ends one, or lets it rest, gives it back. */
export const cursor = { show: '\u001B[?25h', hide: '\u001B[?25l' } as const;

const codes = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
} as const;

/** Makes the colours and marks; both are decided once per stream by the host. */
export function makePaint(isOn: boolean, marks: Marks = unicodeMarks): Paint {
  const colour = (name: keyof typeof codes) => {
    const [open, close] = codes[name];
    return (text: string) => (isOn ? `\u001B[${open}m${text}\u001B[${close}m` : text);
  };
  return {
    red: colour('red'),
    green: colour('green'),
    yellow: colour('yellow'),
    cyan: colour('cyan'),
    dim: colour('dim'),
    bold: colour('bold'),
    marks,
  };
}

/** Whether a stream gets colours: `NO_COLOR` wins, then `FORCE_COLOR`, then whether a person sees it. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTerminal && env.TERM !== 'dumb';
}
