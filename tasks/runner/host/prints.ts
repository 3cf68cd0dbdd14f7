type Name = 'stdout' | 'stderr';
/** Gives a promise where no more should be printed until it settles. */
type Taker = (name: Name, chunk: string | Uint8Array) => Promise<void> | undefined;
type Callback = (error?: Error | null) => void;
type Write = NodeJS.WriteStream['write'];

const own = new Map<NodeJS.WriteStream, Write>();

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
        if (!own.has(stream)) divert(name, stream, taker);
        return stream;
      },
    });
  }
}

/** Writes to a stream whatever code it is that runs. */
export function writePast(stream: NodeJS.WriteStream, bytes: Uint8Array): void {
  const write = own.get(stream) ?? stream.write.bind(stream);
  write(bytes);
}

function divert(name: Name, stream: NodeJS.WriteStream, taker: () => Taker | undefined): void {
  const write = stream.write.bind(stream);
  own.set(stream, write);
  stream.write = (chunk: string | Uint8Array, second?: BufferEncoding | Callback, third?: Callback): boolean => {
    const take = taker();
    if (take === undefined) return write(chunk, second as BufferEncoding, third);
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
