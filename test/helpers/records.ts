/** Records as the kernel writes them, from their fields. */

type Layout = { readonly size: number } & Readonly<Record<string, number | { readonly at: number }>>;

/** Numbers of 64 bits are given as such; what is not given is 0. `behind` are the bytes that follow the fields. */
export function recordOf(
  layout: Layout,
  fields: Readonly<Record<string, number | bigint | string>>,
  behind = '',
): Buffer {
  const record = Buffer.alloc(layout.size + behind.length);
  for (const [name, value] of Object.entries(fields)) {
    const field = layout[name];
    if (field === undefined) throw new Error(`such a record has no field \`${name}\``);
    const at = typeof field === 'number' ? field : field.at;
    if (typeof value === 'bigint') record.writeBigUInt64LE(value, at);
    else if (typeof value === 'string') record.write(value, at, 'latin1');
    else if (value < 2 ** 16) record.writeUInt16LE(value, at);
    else record.writeUInt32LE(value, at);
  }
  record.write(behind, layout.size, 'latin1');
  return record;
}
