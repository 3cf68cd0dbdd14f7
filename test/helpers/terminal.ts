/** The program on a pseudo-terminal, and what a person would see there. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import xterm from '@xterm/headless';
import { onTestFinished } from 'vitest';
import { normalise } from './normalise.ts';
import { cli, type Project } from './project.ts';

export type Terminal = {
  /** What stands on the screen now, without empty lines at the end. */
  readonly screen: () => string;
  /** Resolves when the screen shows the text. */
  readonly shows: (text: string) => Promise<void>;
  /** The colour of the palette in which the text stands on the screen. */
  readonly colourOf: (text: string) => number | undefined;
  readonly type: (keys: string) => void;
  /** The process that holds the terminal, not the program itself. */
  readonly exit: Promise<number | null>;
  readonly cursorIsVisible: () => boolean;
  /** Whether anything has been shown in a colour, or bold or dim. */
  readonly hasColours: () => boolean;
  /** How the program has left the terminal, once it has ended. */
  readonly state: () => { readonly echo: boolean; readonly canonical: boolean; readonly signals: boolean };
  /** Closes the window: the terminal is gone. */
  readonly close: () => void;
};

export type TerminalOptions = {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
};

/** Starts the program on a terminal of its own. */
export function openTerminal(project: Project, words: string, options: TerminalOptions = {}): Terminal {
  return openTerminalOf(project, [process.execPath, ...cli(words)], options);
}

/** Starts any program there. */
export function openTerminalOf(
  project: Project,
  program: readonly string[],
  { columns = 80, rows = 30, env = {} }: TerminalOptions = {},
): Terminal {
  const stateFile = project.path('terminal-state.json');
  const size = [String(columns), String(rows)];
  const command = ['python3', join(import.meta.dirname, 'terminal.py'), ...size, ...program];
  const child = spawn(command[0] ?? '', command.slice(1), {
    cwd: project.folder,
    env: project.env({ TERM: 'xterm-256color', ...env, TERMINAL_STATE: stateFile }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // Also where a test was given up: what was stopped there would stay so for good.
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 1_000, allowProposedApi: true });
  const listeners = new Set<() => void>();
  let cursorIsVisible = true;
  let hasColours = false;
  child.stdout.on('data', (bytes: Buffer) => {
    const change = /\u001B\[\?25([lh])(?!.*\u001B\[\?25[lh])/s.exec(bytes.toString('latin1'));
    if (change !== null) cursorIsVisible = change[1] === 'h';
    hasColours ||= /\u001B\[[\d;]*[1-9][\d;]*m/.test(bytes.toString('latin1'));
    terminal.write(bytes, () => {
      for (const listener of listeners) listener();
    });
  });
  const screen = () => normalise(readScreen(terminal), project.folder);
  const exit = new Promise<number | null>((settle) => {
    child.once('close', (code) => terminal.write('', () => settle(code)));
  });
  return {
    screen,
    exit,
    colourOf: (text) => colourOf(terminal, text),
    type: (keys) => child.stdin.write(keys),
    cursorIsVisible: () => cursorIsVisible,
    hasColours: () => hasColours,
    state: () => JSON.parse(readFileSync(stateFile, 'utf8')) as ReturnType<Terminal['state']>,
    close: () => child.kill('SIGKILL'),
    shows: (text) =>
      new Promise((settle, fail) => {
        const listener = (): void => {
          if (!screen().includes(text)) return;
          listeners.delete(listener);
          settle();
        };
        listeners.add(listener);
        void exit.then(() => fail(new Error(`it ended without showing \`${text}\`; the screen is:\n${screen()}`)));
        listener();
      }),
  };
}

function readScreen(terminal: InstanceType<typeof xterm.Terminal>): string {
  const buffer = terminal.buffer.active;
  const lines = Array.from(
    { length: buffer.length },
    (_, index) => buffer.getLine(index)?.translateToString(true) ?? '',
  );
  return lines.join('\n').trimEnd();
}

function colourOf({ buffer }: InstanceType<typeof xterm.Terminal>, text: string): number | undefined {
  for (let index = 0; index < buffer.active.length; index++) {
    const line = buffer.active.getLine(index);
    const column = line?.translateToString(true).indexOf(text) ?? -1;
    if (column !== -1) return line?.getCell(column)?.getFgColor();
  }
  return undefined;
}
