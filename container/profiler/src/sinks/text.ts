/** http-trace.txt: `TIME METHOD TARGET STATUS|- DURATIONms|- CONTAINER|- ROLE LOCAL<->REMOTE`, and `#` lines. */
import { formatMs, formatTime } from '../clock.ts';
import type { Container } from '../exchange.ts';
import type { Format } from './sink.ts';

/** Everything but visible ASCII; the backslash too, so that what is escaped can be told from what is not. */
const UNSAFE = /[^\x21-\x5b\x5d-\x7e]/g;
const UNSAFE_ANYWHERE = /[^\x21-\x5b\x5d-\x7e]/;
/** The same in a sentence, which has blanks. */
const UNSAFE_IN_SENTENCE = /[^\x20-\x7e]/g;

export const textFormat: Format = {
  header: (header) =>
    [
      `# http-trace, started ${formatTime(header.startedUs)}, kernel ${header.kernel}`,
      `# tier ${header.tier}: ${header.hooks.join(', ')} (${header.why})`,
      `# scope ${header.scope}, role ${header.role}, one exchange in ${header.sample}`,
      `# not seen here: ${header.unseen.join('; ')}`,
      '# TIME METHOD TARGET STATUS DURATION CONTAINER ROLE LOCAL<->REMOTE',
    ]
      .map((line) => line.replace(UNSAFE_IN_SENTENCE, escapeUnit))
      .join('\n'),
  exchange: ({ exchange, timeUs, target }) => {
    const { responseLastNs, requestFirstNs, status, process, method, role, local, remote } = exchange;
    const duration = responseLastNs === undefined ? '-' : `${formatMs(responseLastNs - requestFirstNs)}ms`;
    const name = process.container === null ? '-' : labelOf(process.container);
    return `${formatTime(timeUs)} ${escapeText(method)} ${escapeText(target)} ${status ?? '-'} ${duration} ${name} ${role} ${escapeText(local)}<->${escapeText(remote)}`;
  },
  loss: ({ what, count, sinceUs }) => `# loss ${what}: ${count} since ${formatTime(sinceUs)}`,
};

/** Bytes that could end a line, split a field or speak to a terminal, as `\xHH`; beyond Latin-1 as `\u{…}`. */
export function escapeText(text: string): string {
  if (!UNSAFE_ANYWHERE.test(text)) return text;
  return text.replace(UNSAFE, escapeUnit);
}

function escapeUnit(unit: string): string {
  const code = unit.charCodeAt(0);
  return code > 0xff ? `\\u{${code.toString(16)}}` : `\\x${code.toString(16).padStart(2, '0')}`;
}

function labelOf({ name, id }: Container): string {
  return escapeText(name ?? id?.slice(0, 12) ?? '-');
}
