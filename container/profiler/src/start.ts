/**
 * The entry of the image. The first process of a container is not ended by a signal that it does not wait for, so it waits before it
 * loads the rest, which takes a second or two on a busy machine.
 */
import './signals.ts';

console.log('profiler: starting');
await import('./main.ts');
