/** Exchanges of made-up connections: as pieces with their places, some of which are lost. */
import fc from 'fast-check';
import { answer, ask, framed, type Step } from '../helpers/wire.ts';

export const client = { role: 'client', knowsOrder: true } as const;
export const server = { role: 'server', knowsOrder: false } as const;
export const unixClient = { role: 'client', knowsOrder: false } as const;

export type Losable = Step & { readonly isLost?: boolean };

/** Where the answers of a made-up connection begin, if that is known before anything is seen. */
export const answersOf = (info: { readonly knowsOrder: boolean }) => (info === unixClient ? 0 : undefined);

/**
 * Steps with their places in both streams, some of which are lost; over TCP the first request says where answers begin, over a
 * Unix socket they do at 0.
 */
export function placed(steps: readonly Losable[], isTcp = true, [asked, answered] = [1_000, 5_000]): readonly Step[] {
  const next = { '>': asked, '<': isTcp ? answered : 0 };
  let isFirst = isTcp;
  return steps.flatMap(({ isLost, ...step }) => {
    const at = next[step.way] >>> 0;
    const other = (step.way === '<' ? next['>'] : isFirst ? next['<'] : 0) >>> 0;
    next[step.way] += step.text.length + (step.unknown ?? 0);
    if (isLost === true) return [];
    isFirst = false;
    return [{ ...step, at, other }];
  });
}

export const lose = (step: Step) => ({ ...step, isLost: true });

const messageWith = (...methods: readonly string[]) =>
  fc.record({
    method: fc.constantFrom(...methods),
    body: fc.constantFrom('', 'a', 'some text, and more of it'),
    isChunked: fc.boolean(),
    isFramed: fc.boolean(),
    isContinued: fc.boolean(),
  });
/** One that is known for a request's, wherever it begins. */
export const plainMessage = messageWith('GET', 'POST', 'HEAD', 'PATCH');
export const anyMessage = messageWith('GET', 'POST', 'HEAD', 'PATCH', 'M-SEARCH');
export const messages = fc.array(anyMessage, { minLength: 2, maxLength: 7 });
export type Message = {
  readonly method: string;
  readonly body: string;
  readonly isChunked: boolean;
  /** Its heads are told by their lengths and first lines, where the kernel does so. */
  readonly isFramed: boolean;
  /** `100 Continue` comes before its answer. */
  readonly isContinued: boolean;
};

/** A body with the header that says how it ends. */
function bodyOf({ body, isChunked }: Message): string {
  if (!isChunked) return `Content-Length: ${body.length}\r\n\r\n${body}`;
  const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`;
  return `Transfer-Encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`;
}

/** Each as its request and its response, cut into pieces of these sizes in turn. */
export function toPairs(list: readonly Message[], sizes: readonly number[]) {
  let turn = 0;
  const cut = (text: string, make: (part: string) => Step): readonly Step[] => {
    const size = sizes[turn++ % sizes.length] ?? text.length;
    const count = Math.ceil(text.length / size);
    return Array.from({ length: count }, (_, index) => make(text.slice(index * size, (index + 1) * size)));
  };
  /** The head with the first byte of the body, and the rest of it. */
  const cutFramed = (text: string, bodyBytes: number, make: (part: string) => Step): readonly Step[] => {
    const end = text.length - Math.max(0, bodyBytes - 1);
    const head = framed(make(text.slice(0, end)), bodyBytes);
    return end === text.length ? [head] : [head, { ...make(''), unknown: text.length - end }];
  };
  return list.map((message, index) => {
    const { method, body, isContinued } = message;
    const isFramed = message.isFramed && !message.isChunked;
    const request = `${method} /${index} HTTP/1.1\r\n${bodyOf(message)}`;
    const status = `HTTP/1.1 ${400 + index} S\r\n`;
    return {
      request: isFramed ? cutFramed(request, body.length, ask) : cut(request, ask),
      response: [
        ...(isContinued ? cut('HTTP/1.1 100 Continue\r\n\r\n', answer) : []),
        ...(method === 'HEAD'
          ? cut(`${status}Content-Length: 9\r\n\r\n`, answer)
          : isFramed
            ? cutFramed(status + bodyOf(message), body.length, answer)
            : cut(status + bodyOf(message), answer)),
      ],
    };
  });
}
