/** What the files are called in the folder that `PROFILER_OUT` names. Whoever starts the profiler makes those that it writes. */

export const TEXT_TRACE = 'http-trace.txt';
export const JSON_TRACE = 'http-trace.jsonl';
export const STATUS = 'profiler.json';
/** Read only: what people call the containers. */
export const CONTAINERS = 'containers.json';

/** What it has open for as long as it runs. */
export const HELD: readonly string[] = [TEXT_TRACE, JSON_TRACE, STATUS];
/** What it opens each time a trace is set aside. */
export const ASIDE: readonly string[] = [TEXT_TRACE, JSON_TRACE].map(aside);

/** Where the content of a trace goes before that would outgrow its size. */
export function aside(trace: string): string {
  return `${trace}.1`;
}
