/** Addresses as people write them. */

const IPV4_IN_IPV6 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

/** `127.0.0.1`; an IPv4 address that travels as IPv6 is shown as what it is, others in brackets: `[::1]`. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (IPV4_IN_IPV6.every((byte, index) => bytes[index] === byte)) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0));
  return `[${shorten(groups)}]`;
}

/** `unix:/run/app.sock`, `unix:@abstract`, `unix:` for a socket without a name. */
export function formatUnixPath(bytes: Buffer): string {
  const isAbstract = bytes[0] === 0 && bytes[1] !== 0;
  const name = isAbstract ? bytes.subarray(1) : bytes;
  const end = name.indexOf(0);
  return `unix:${isAbstract ? '@' : ''}${name.toString('latin1', 0, end === -1 ? name.length : end)}`;
}

/** The longest run of two zeros or more becomes `::`, the first of equals (RFC 5952). */
function shorten(groups: readonly number[]): string {
  let best = { start: 0, length: 1 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (best.length < 2) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}
