/** What ends the profiler: waited for from where this is loaded on, and heard once what runs gives way. */
let stop = (): void => {};

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    stop();
    console.log('profiler: stopped');
    process.exit(0);
  });
}

/** What is to be done first. */
export function whenStopped(action: () => void): void {
  stop = action;
}
