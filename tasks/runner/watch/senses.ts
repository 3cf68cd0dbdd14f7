import type { Args } from '../args.ts';
import type { Host } from '../host.ts';
import type { Session } from '../session.ts';
import { type Eyes, openEyes } from './eyes.ts';
import { type Hints, makeHints } from './hints.ts';
import { type Looks, makeLooks } from './look.ts';
import { tooMany } from './notices.ts';
import { makeObserver, type Observer } from './observer.ts';
import { makeSources, type Sources } from './sources.ts';

/** By what a watch knows of changes. */
export type Senses = Disposable & {
  readonly hints: Hints;
  readonly sources: Sources;
  readonly eyes: Eyes;
  readonly looks: Looks;
  readonly observer: Observer;
};

type Options = { readonly caller: Host; readonly args: Args; readonly session: Session };

/** Opens them; nothing is watched yet. `onHint` is called for every hint. */
export function openSenses({ caller, args, session }: Options, onHint: () => void): Senses {
  const { host, root, emit, cancel } = session;
  const hints = makeHints(host, cancel.signal);
  const sources = makeSources(caller, args);
  const eyes = openEyes({
    host,
    root,
    polls: caller.env.TASKS_WATCH === 'poll',
    onHint: () => {
      hints.give();
      onHint();
    },
    onLimit: (code) => emit({ type: 'notice-given', text: tooMany(code, host.roomForWatches(code)) }),
  });
  const looks = makeLooks(host, root);
  const observer = makeObserver({ session, sources, eyes, looks });
  return { hints, sources, eyes, looks, observer, [Symbol.dispose]: () => eyes[Symbol.dispose]() };
}
