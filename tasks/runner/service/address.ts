import { hostname, networkInterfaces } from 'node:os';
import type { Sign } from '../config/types.ts';

/** Where a service answers. */
export type Address = { readonly host: string; readonly port: number };

/** The address at which a sign is looked for; undefined where it has none, or not one of this machine. */
export function ownAddressOf(sign: Sign): Address | undefined {
  const address = addressOf(sign);
  return address !== undefined && isOfThisMachine(address.host) ? address : undefined;
}

/** The address of `8080`, `127.0.0.1:8080` or `::1:8080`. */
export function tcpAddressOf(value: string): Address {
  const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d+)$/.exec(value) ?? [];
  return { host, port: Number(port) };
}

/** Whether what listens at one is what answers at the other. */
export function isSameAddress(one: Address, other: Address): boolean {
  return one.port === other.port && oneName(one.host) === oneName(other.host);
}

function addressOf({ kind, value }: Sign): Address | undefined {
  if (kind === 'tcp') return tcpAddressOf(value);
  if (kind !== 'http') return undefined;
  const { protocol, hostname: host, port } = new URL(value);
  const usual = protocol === 'https:' ? 443 : 80;
  return { host: host.replace(/^\[|\]$/g, ''), port: port === '' ? usual : Number(port) };
}

function isOfThisMachine(host: string): boolean {
  if (oneName(host) === 'localhost' || host.startsWith('127.') || host === hostname()) return true;
  return Object.values(networkInterfaces()).some((some) => some?.some(({ address }) => address === host));
}

/** `127.0.0.2` is an address of its own; what listens on all of them is mostly found at the usual one. */
function oneName(host: string): string {
  const isUsual = ['127.0.0.1', '::1', '0.0.0.0', '::'].includes(host) || host.endsWith('.localhost');
  return isUsual ? 'localhost' : host;
}
