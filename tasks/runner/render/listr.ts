// This file is longer than 200 lines because a row and the view that asks for it know each other.
import type { DefaultRenderer, ListrTaskWrapper, Spinner } from 'listr2';
import { dispatch, type Failure, type Stamped, type Table, type TaskEnd } from '../events.ts';
import type { Host } from '../host.ts';
import { asciiMarks } from '../marks.ts';
import { makePaint, type Paint } from '../paint.ts';
import type { Plan } from '../plan.ts';
import { logPathOf } from '../text/log-path.ts';
import { plainText } from '../text/safe-text.ts';
import { durationInWords } from '../text/words.ts';
import type { Renderer, RenderOptions } from './index.ts';
import { type Finished, failureLines, pretence, retryLine, runLine, waitLine } from './lines.ts';
import { type Pausing, pauseInBackground } from './listr/pausing.ts';
import { makePrinted } from './listr/printed.ts';
import { makeServiceTails } from './listr/service-tails.ts';
import { makePlainRenderer } from './plain.ts';

/**
 * A live list, one row per planned task. listr2 is only a view: rows follow events. It is loaded after the first task has
 * started, so that its loading costs no time; what happens until then is kept and shown at once.
 */
export function makeListRenderer(
  host: Host,
  { tasks, named }: Pick<Plan, 'tasks' | 'named'>,
  options: RenderOptions,
): Renderer {
  const paint = makePaint(host.stdoutHasColour, host.marks);
  const plain = makePlainRenderer(host, { tasks }, options);
  const finished: Finished[] = [];
  const services = makeServiceTails();
  const printed = makePrinted(named, paint);
  let rows: ReadonlyMap<string, Row> = new Map();
  let list: Promise<void> | undefined;
  let last: (() => void) | undefined;
  /** What would be drawn over while the list is drawn. */
  const notes: Stamped[] = [];
  const rowOf = (task: string): Row | undefined => rows.get(task);
  const isInList = (task: string): boolean => rows.has(task);

  const table: Table<void> = {
    'run-started': ({ tasks, platform }) => {
      rows = new Map(tasks.map((task) => [task.name, makeRow(task.name)]));
      const pretended = pretence(platform);
      if (pretended !== undefined) host.write(`${pretended}\n`);
    },
    'notice-given': (event) => {
      if (list === undefined) plain.on(event);
      else notes.push(event);
    },
    'check-finished': plain.on,
    'fix-started': plain.on,
    'task-started': (event) => {
      if (!isInList(event.task)) return plain.on(event);
      list ??= showList([...rows.values()], paint, host);
      rowOf(event.task)?.start();
    },
    'task-explained': () => undefined,
    'command-started': () => undefined,
    'task-output': (event) => {
      if (isInList(event.task)) rowOf(event.task)?.say(plainText(event.line));
      else plain.on(event);
    },
    'task-retried': (event) => rowOf(event.task)?.say(retryLine(event)),
    'task-waiting': (event) => {
      if (list === undefined || !isInList(event.task)) plain.on(event);
      else rowOf(event.task)?.say(waitLine(event));
    },
    'service-ready': ({ task, tookMs }) => {
      // In a watch it goes on after the list has ended.
      if (options.standing !== undefined) rowOf(task)?.end({ state: 'done' }, tookMs);
      else rowOf(task)?.say(`ready after ${durationInWords(tookMs)}`);
    },
    'service-stopped': ({ task, reason }) => rowOf(task)?.say(`stopped: ${reason}`),
    'watch-changed': plain.on,
    'config-refused': plain.on,
    'watch-waiting': plain.on,
    'task-finished': (event) => {
      if (!isInList(event.task)) return plain.on(event);
      finished.push(event);
      rowOf(event.task)?.end(event.end, event.tookMs);
    },
    interrupted: () => undefined,
    'run-finished': (event) => {
      last = () => {
        for (const note of notes) plain.on(note);
        for (const { task, end } of finished) {
          if (end.state === 'failed')
            host.write(
              `\n${[`${task} failed: ${end.failure.message}`, ...failureLines(end.failure, paint, { withLastLines: true }), ...logLine(task, end.failure), ...services.of(task)].join('\n')}\n`,
            );
        }
        const hasEndedWell = event.reason === 'ok' && !options.quiet;
        if (hasEndedWell) host.write(printed.text());
        host.write(`${runLine(event, finished, paint)}\n`);
      };
    },
  };
  return {
    on: (event: Stamped) => {
      services.on(event);
      printed.on(event);
      dispatch(table, event);
    },
    end: async () => {
      const neverStarted = list === undefined && finished.length > 0;
      if (neverStarted) list = showList([...rows.values()], paint, host);
      await list;
      await plain.end();
      last?.();
    },
  };
}

/** Where the rest is, of what only its last lines are shown. */
function logLine(task: string, { lastLines }: Failure): readonly string[] {
  return lastLines.length === 0 ? [] : [`  full output: ${logPathOf(task)}`];
}

type Wrapper = Pick<ListrTaskWrapper<unknown, never, never>, 'output' | 'title' | 'skip'>;

/** A row between events, which may come before listr2 is there, and listr2, which asks. */
type Row = {
  readonly name: string;
  readonly start: () => void;
  readonly say: (line: string) => void;
  readonly end: (end: TaskEnd, tookMs: number) => void;
  /** Asked twice: true at once, so that the row is shown, and then only when the task starts or ends. */
  readonly isEnabled: () => boolean | Promise<boolean>;
  readonly follow: (wrapper: Wrapper) => Promise<void>;
};

function makeRow(name: string): Row {
  const started = deferred<void>();
  const ended = deferred<{ readonly end: TaskEnd; readonly tookMs: number }>();
  let wrapper: Wrapper | undefined;
  let lastLine = '';
  let isShown = false;
  let isDue = false;
  let isOver = false;
  /** Once a turn: of what comes in one, only the last line can be seen. */
  const showLine = (): void => {
    if (isDue && wrapper !== undefined) wrapper.output = lastLine;
    isDue = false;
  };
  return {
    name,
    start: () => started.resolve(),
    say: (line) => {
      // A service of a watch goes on after its row has ended, when listr2 may be gone.
      if (isOver) return;
      lastLine = line;
      if (!isDue) setImmediate(showLine);
      isDue = true;
    },
    end: (end, tookMs) => {
      showLine();
      isOver = true;
      ended.resolve({ end, tookMs });
      started.resolve();
    },
    isEnabled: async () => {
      if (isShown) await started.promise;
      isShown = true;
      return true;
    },
    follow: async (given) => {
      wrapper = given;
      if (lastLine !== '') wrapper.output = lastLine;
      const { end, tookMs } = await ended.promise;
      showEnd(given, name, end, tookMs);
    },
  };
}

function showEnd(wrapper: Wrapper, name: string, end: TaskEnd, tookMs: number): void {
  switch (end.state) {
    case 'done':
      wrapper.title = `${name} ${durationInWords(tookMs)}`;
      return;
    case 'skipped':
      wrapper.skip(end.reason);
      return;
    case 'not-started':
      wrapper.skip(`not started: ${end.reason}`);
      return;
    case 'cancelled':
      throw new Error(`stopped: ${end.reason}`);
    case 'failed':
      throw new Error(end.failure.message);
    default:
      end satisfies never;
  }
}

async function showList(rows: readonly Row[], paint: Paint, host: Host): Promise<void> {
  const { DefaultRenderer, Listr, Spinner } = await import('listr2');
  const list = new Listr(
    rows.map((row) => ({
      title: row.name,
      enabled: row.isEnabled,
      task: (_: unknown, wrapper: Wrapper) => row.follow(wrapper),
    })),
    {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: pausing(DefaultRenderer, host),
      rendererOptions: {
        collapseErrors: false,
        collapseSkips: false,
        formatOutput: 'truncate',
        color: coloursOf(paint),
        ...(paint.marks === asciiMarks ? { icon: asciiIcons, spinner: asciiSpinner(new Spinner()) } : {}),
      },
    },
  );
  await list.run();
}

/** listr2's renderer, which rests while the terminal is not ours. */
function pausing(Renderer: typeof DefaultRenderer, host: Host): typeof DefaultRenderer {
  return class extends Renderer {
    private pausing: Pausing | undefined;

    override async render(): Promise<void> {
      await super.render();
      const draw = (): void => super.update();
      this.pausing = pauseInBackground(host, { draw, leave: () => (this as unknown as Drawn).updater.done() });
    }

    override update(): void {
      this.pausing?.draw();
    }

    override end(): void {
      this.pausing?.[Symbol.dispose]();
      super.end();
    }
  };
}

/** What listr2 draws with: over what it has drawn before, until that is done. */
type Drawn = { readonly updater: { readonly done: () => void } };

/** Whether there are colours is not for listr2 to say. */
function coloursOf(paint: Paint) {
  const colour =
    (name: 'yellow' | 'green' | 'red' | 'dim') =>
    (text = ''): string =>
      paint[name](text);
  return {
    PENDING: colour('yellow'),
    COMPLETED: colour('green'),
    FAILED: colour('red'),
    SKIPPED_WITH_COLLAPSE: colour('yellow'),
    SKIPPED_WITHOUT_COLLAPSE: colour('yellow'),
    WAITING: colour('dim'),
  };
}

const asciiIcons = {
  COMPLETED: asciiMarks.done,
  FAILED: asciiMarks.failed,
  SKIPPED_WITH_COLLAPSE: asciiMarks.left,
  SKIPPED_WITHOUT_COLLAPSE: asciiMarks.left,
  OUTPUT: '>',
  OUTPUT_WITH_BOTTOMBAR: '>',
  WAITING: '.',
  PENDING: '>',
};

function asciiSpinner(spinner: Spinner): Spinner {
  return Object.assign(spinner, { spinner: ['-', '\\', '|', '/'] });
}

function deferred<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
