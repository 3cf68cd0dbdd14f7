import type { ToolFlags } from './args.ts';
import { usageError } from './errors.ts';
import type { CheckReport } from './events.ts';
import type { Host } from './host.ts';
import type { Plan } from './plan.ts';
import { asWritten } from './text/safe-text.ts';
import { wordsOfFix } from './text/words.ts';

/** Asks what planned tasks want confirmed, before anything starts. Without a terminal only `--yes` answers. */
export async function confirmTasks(
  host: Pick<Host, 'stdinIsTerminal' | 'ask'>,
  plan: Plan,
  flags: Pick<ToolFlags, 'yes'>,
): Promise<void> {
  const questions = plan.tasks.flatMap((task) =>
    task.skip === undefined && task.confirm !== undefined ? [{ task: task.name, text: task.confirm }] : [],
  );
  if (flags.yes) return;
  for (const { task, text } of questions) {
    if (!host.stdinIsTerminal)
      throw usageError(
        `task \`${task}\` asks \`${text}\`, and there is no terminal to answer`,
        'add `--yes` to answer yes',
      );
    const isConfirmed = isYes(await host.ask(`${task}: ${asWritten(text)} [y/N] `));
    if (!isConfirmed) throw usageError(`task \`${task}\` was not confirmed, so nothing was started`);
  }
}

/** Lists the first fix that needs no hand of each failed check and asks once whether to run them; never without a terminal. */
export async function offerToMend(
  host: Pick<Host, 'stdinIsTerminal' | 'stdoutIsTerminal' | 'ask' | 'write'>,
  unmet: readonly CheckReport[],
): Promise<boolean> {
  const commands = new Set(
    unmet.flatMap(({ fixes }) => fixes.find((fix) => fix.byHand !== true) ?? []).map(wordsOfFix),
  );
  const mayAsk = host.stdinIsTerminal && host.stdoutIsTerminal && commands.size > 0;
  if (!mayAsk) return false;
  host.write(`\nthis would fix it:\n${[...commands].map((command) => `  ${asWritten(command)}\n`).join('')}`);
  return isYes(await host.ask('run it now? [y/N] '));
}

function isYes(answer: string): boolean {
  return /^y(es)?$/i.test(answer);
}
