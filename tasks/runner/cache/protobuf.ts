/** A field of a protobuf message: its number, its value, and where in the bytes it begins. */
export type Field = { readonly number: number; readonly value: number | Buffer; readonly at: number };

const wire = { number: 0, eightBytes: 1, bytes: 2, fourBytes: 5 } as const;

/** A field that holds bytes, a text or another message. */
export function encodeBytes(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + wire.bytes), varint(bytes.length), bytes]);
}

/** A field that holds a whole number that is not negative. */
export function encodeNumber(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8 + wire.number), varint(value)]);
}

/** Cuts a message into its fields; throws where it is none. */
export function decodeFields(bytes: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const readNumber = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || factor > 2 ** 56) throw new Error('the message ends within a number');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('the message ends within a field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const start = at;
    const tag = readNumber();
    const value = readValue(tag % 8, readNumber, take);
    fields.push({ number: Math.floor(tag / 8), value, at: start });
  }
  return fields;
}

function readValue(type: number, readNumber: () => number, take: (length: number) => Buffer): number | Buffer {
  switch (type) {
    case wire.number:
      return readNumber();
    case wire.bytes:
      return take(readNumber());
    case wire.eightBytes:
      return take(8);
    case wire.fourBytes:
      return take(4);
    default:
      throw new Error(`unknown kind of field ${type}`);
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
