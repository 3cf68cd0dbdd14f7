/** Listening to what cancels a run. */
import { expect, test } from 'vitest';
import { makeCanceller, onAbort } from '../../tasks/runner/process/on-abort.ts';

test.each([
  { whose: 'ours', controller: makeCanceller(), signalOf: (signal: AbortSignal) => signal },
  { whose: 'of Node', controller: new AbortController(), signalOf: (signal: AbortSignal) => signal },
  { whose: 'made of ours', controller: makeCanceller(), signalOf: (signal: AbortSignal) => AbortSignal.any([signal]) },
])('each listener to a signal $whose hears of its abort once, with its reason', ({ controller, signalOf }) => {
  const signal = signalOf(controller.signal);
  const heard: string[] = [];
  onAbort(signal, () => heard.push(`one ${signal.aborted} ${signal.reason}`));
  const stopHearing = onAbort(signal, () => heard.push('none'));
  onAbort(signal, () => heard.push('other'));
  stopHearing();
  controller.abort('enough');
  controller.abort('again');
  expect(heard).toEqual(['one true enough', 'other']);
});
