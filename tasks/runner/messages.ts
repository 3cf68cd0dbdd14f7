import { stripVTControlCharacters } from 'node:util';
import type { KnownMessage } from './config/types.ts';
import type { KnownFailure } from './events.ts';

export type Matcher = { readonly read: (line: string) => void; readonly found: () => readonly KnownFailure[] };

/** Looks for known failures in lines of output; each is found once, at its first line. */
export function makeMatcher(messages: readonly KnownMessage[]): Matcher {
  const open = new Map(messages.map((message) => [message, new RegExp(message.pattern)]));
  const found: KnownFailure[] = [];
  return {
    read: (line) => {
      if (open.size === 0) return;
      const text = stripVTControlCharacters(line);
      for (const [message, pattern] of open) {
        if (!pattern.test(text)) continue;
        open.delete(message);
        const { cause, remedy, check } = message;
        found.push({ line: text.trim(), cause, remedy, check });
      }
    },
    found: () => [...found],
  };
}

/** The task that failed is no remedy for its own failure: then its check's findings are told to look at. */
export function notItself(message: KnownMessage, task: string): KnownMessage {
  if (message.remedy !== `npx tasks ${task}` || message.check === undefined) return message;
  return { ...message, remedy: `npx tasks doctor ${message.check}` };
}
