import { outliveReader } from './gone.ts';

type Name = 'stdout' | 'stderr';
/** Gives a promise where no more should be printed until it settles. */
type Taker = (name: Name, chunk: string | Uint8Array) => Promise<void> | void;
type Callback = (error?: Error | null) => void;
type Write = NodeJS.WriteStream['write'];

const diverted = new WeakSet<NodeJS.WriteStream>();

/**
 * Hands what code in this process prints by `console` or `process.stdout` to whom `taker` names, instead of writing it; where
 * it names nobody, all is as before. The streams are looked at when somebody first asks for them: to load them is costly.
 */
export function hearPrints(taker: () => Taker | undefined): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const { get } = Object.getOwnPropertyDescriptor(process, name) ?? {};
    if (get === undefined) continue;
    Object.defineProperty(process, name, {
      configurable: true,
      enumerable: true,
      get: () => {
        const stream = Reflect.apply(get, process, []) as NodeJS.WriteStream;
        if (diverted.has(stream)) return stream;
        outliveReader(stream);
        divert(stream, (write) => divertedWrite(name, stream, { taker, write }));
        divertEnd(stream, taker);
        return stream;
      },
    });
  }
}

/**
 * Others put a `write` of their own there for a while, as a live list does, and then the one that they have found: that stands
 * for what was beneath it when they found it.
 */
function divert(stream: NodeJS.WriteStream, makeDiverted: (write: Write) => Write): void {
  let write: Write = stream.write;
  const divertedOf = new WeakMap<Write, Write>();
  const writeOf = new WeakMap<Write, Write>();
  diverted.add(stream);
  Object.defineProperty(stream, 'write', {
    configurable: true,
    enumerable: true,
    get: () => {
      const own = divertedOf.get(write) ?? makeDiverted(write);
      divertedOf.set(write, own);
      writeOf.set(own, write);
      return own;
    },
    set: (other: Write) => {
      write = writeOf.get(other) ?? other;
    },
  });
}

/** Where what is printed is taken, what ends with it is the output of one owner, and nothing of ours. */
function divertEnd(stream: NodeJS.WriteStream, taker: () => Taker | undefined): void {
  const { end } = stream;
  const divertedEnd = (...args: readonly unknown[]): NodeJS.WriteStream => {
    if (taker() === undefined) return Reflect.apply(end, stream, args);
    const chunk = typeof args[0] === 'function' ? undefined : args[0];
    const done = args.findLast((arg) => typeof arg === 'function');
    const rest = args.slice(1).filter((arg) => arg !== undefined);
    if (chunk !== undefined && chunk !== null) Reflect.apply(stream.write, stream, [chunk, ...rest]);
    else if (done !== undefined) process.nextTick(done as () => void);
    return stream;
  };
  Object.defineProperty(stream, 'end', { configurable: true, enumerable: true, writable: true, value: divertedEnd });
}

type Diverting = { readonly taker: () => Taker | undefined; readonly write: Write };

function divertedWrite(name: Name, stream: NodeJS.WriteStream, { taker, write }: Diverting): Write {
  return (chunk: string | Uint8Array, second?: BufferEncoding | Callback, third?: Callback): boolean => {
    const take = taker();
    if (take === undefined) return Reflect.apply(write, stream, [chunk, second, third]);
    const encoding = typeof second === 'string' ? second : 'utf8';
    const pause = take(name, typeof chunk === 'string' && encoding !== 'utf8' ? Buffer.from(chunk, encoding) : chunk);
    const done = typeof second === 'function' ? second : third;
    if (pause === undefined) {
      if (done !== undefined) process.nextTick(done);
      return true;
    }
    void pause.then(() => {
      done?.();
      stream.emit('drain');
    });
    return false;
  };
}
