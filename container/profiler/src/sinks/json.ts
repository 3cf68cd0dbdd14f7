/** http-trace.jsonl: one JSON document a line, each with `type`: `header`, `exchange` or `loss`. */
import { formatTime } from '../clock.ts';
import type { Container, Exchange } from '../exchange.ts';
import type { Format } from './sink.ts';

/** What JSON.stringify leaves as it is and a terminal may take for a command. */
const UNSAFE = /[\x7f-\uffff]/g;

export const jsonFormat: Format = {
  header: ({ startedUs, ...header }) => quote({ type: 'header', time: formatTime(startedUs), ...header }),
  // Put together by hand: JSON.stringify of the whole object costs three times as much.
  exchange: ({ exchange, timeUs, target }) => {
    const { process, requestFirstNs, responseLastNs } = exchange;
    const durationMs = responseLastNs === undefined ? 'null' : String((responseLastNs - requestFirstNs) / 1e6);
    return (
      `{"type":"exchange","time":"${formatTime(timeUs)}","method":${text(exchange.method)},"target":${text(target)},` +
      `"status":${exchange.status ?? 'null'},"end":"${exchange.end}","protocol":${text(exchange.protocol)},` +
      `"role":"${exchange.role}","timing":${timing(exchange)},"durationMs":${durationMs},` +
      `"requestBytes":${exchange.requestBytes},"responseBytes":${exchange.responseBytes},` +
      `"pid":${process.pid},"comm":${text(process.comm)},"container":${container(process.container)},` +
      `"link":${text(exchange.link)},"queuedUs":null,"local":${text(exchange.local)},"remote":${text(exchange.remote)}}`
    );
  },
  loss: ({ what, count, sinceUs }) => quote({ type: 'loss', what, count, since: formatTime(sinceUs) }),
};

function timing({ requestFirstNs, requestLastNs, responseFirstNs, responseLastNs }: Exchange): string {
  const after = (ns: number | undefined): number | null =>
    ns === undefined ? null : Math.round((ns - requestFirstNs) / 1000);
  return `{"requestFirst":0,"requestLast":${after(requestLastNs)},"responseFirst":${after(responseFirstNs)},"responseLast":${after(responseLastNs)}}`;
}

const written = new WeakMap<Container, string>();

/** The same few containers come again and again. */
function container(value: Container | null): string {
  if (value === null) return 'null';
  const known = written.get(value);
  if (known !== undefined) return known;
  const made = quote(value);
  written.set(value, made);
  return made;
}

function text(value: string): string {
  return quote(value);
}

function quote(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
