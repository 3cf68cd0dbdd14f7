/** http-trace.jsonl: one JSON document a line, each with `type`: `header`, `exchange` or `loss`. */
import { formatExactMs, formatTime } from '../clock.ts';
import { decodeName } from '../decoded.ts';
import type { Exchange, Process } from '../exchange.ts';
import type { Format } from './sink.ts';

/** What needs no escape. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
/** What JSON.stringify leaves as it is and a terminal may take for a command. */
const UNSAFE = /[\x7f-\uffff]/g;

export const jsonFormat: Format = {
  header: ({ startedUs, ...header }) => quote({ type: 'header', time: formatTime(startedUs), ...header }),
  // Put together by hand: JSON.stringify of the whole object costs three times as much.
  exchange: ({ exchange, timeUs, target }) => {
    const { process, requestFirstNs, responseLastNs } = exchange;
    const durationMs = responseLastNs === undefined ? 'null' : formatExactMs(responseLastNs - requestFirstNs);
    return (
      `{"type":"exchange","time":"${formatTime(timeUs)}","method":"${text(exchange.method)}","target":"${text(target)}",` +
      `"status":${exchange.status ?? 'null'},"end":"${exchange.end}","protocol":"${text(exchange.protocol)}",` +
      `"role":"${exchange.role}","timing":${timing(exchange)},"durationMs":${durationMs},` +
      `"requestBytes":${exchange.requestBytes},"responseBytes":${exchange.responseBytes},${who(process)},` +
      `"link":"${exchange.link}","queuedUs":null,"local":"${name(exchange.local)}","remote":"${name(exchange.remote)}"}`
    );
  },
  loss: ({ what, count, sinceUs }) => quote({ type: 'loss', what, count, since: formatTime(sinceUs) }),
};

function timing({ requestFirstNs, requestLastNs, responseFirstNs, responseLastNs }: Exchange): string {
  const after = (ns: number | undefined): number | null =>
    ns === undefined ? null : Math.round((ns - requestFirstNs) / 1000);
  return `{"requestFirst":0,"requestLast":${after(requestLastNs)},"responseFirst":${after(responseFirstNs)},"responseLast":${after(responseLastNs)}}`;
}

const written = new WeakMap<Process, string>();

/** The same few processes come again and again. */
function who(process: Process): string {
  const known = written.get(process);
  if (known !== undefined) return known;
  const { pid, comm, container } = process;
  const named = container === null ? null : { ...container, name: container.name && decodeName(container.name) };
  const made = `"pid":${pid},"comm":${quote(decodeName(comm))},"container":${quote(named)}`;
  written.set(process, made);
  return made;
}

/** Without the quotes around it. */
function text(value: string): string {
  return PLAIN.test(value) ? value : quote(value).slice(1, -1);
}

/** The same of what people have named on the host. */
function name(value: string): string {
  return PLAIN.test(value) ? value : text(decodeName(value));
}

function quote(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
