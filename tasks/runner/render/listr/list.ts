import type { DefaultRenderer, Spinner } from 'listr2';
import type { Host } from '../../host.ts';
import { asciiMarks } from '../../marks.ts';
import type { Paint } from '../../paint.ts';
import { type Pausing, pauseInBackground } from './pausing.ts';
import type { Row, Wrapper } from './row.ts';

/** Draws the list until all its rows have ended. */
export async function showList(rows: readonly Row[], paint: Paint, host: Host): Promise<void> {
  const { DefaultRenderer, Listr, Spinner } = await import('listr2');
  host.outliveTerminal();
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
        // Why stands in the row itself.
        showSkipMessage: false,
        formatOutput: 'truncate',
        color: coloursOf(paint),
        icon: { SKIPPED_WITHOUT_COLLAPSE: paint.marks.left },
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
    SKIPPED_WITHOUT_COLLAPSE: colour('dim'),
    WAITING: colour('dim'),
  };
}

const asciiIcons = {
  COMPLETED: asciiMarks.done,
  FAILED: asciiMarks.failed,
  SKIPPED_WITHOUT_COLLAPSE: asciiMarks.left,
  OUTPUT: '>',
  OUTPUT_WITH_BOTTOMBAR: '>',
  WAITING: '.',
  PENDING: '>',
};

function asciiSpinner(spinner: Spinner): Spinner {
  return Object.assign(spinner, { spinner: ['-', '\\', '|', '/'] });
}
