/** An exchange and a header, as the sinks are given them. */
import type { Exchange } from '../../container/profiler/src/exchange.ts';
import type { Header, Told } from '../../container/profiler/src/sinks/sink.ts';

export const container = { id: 'a'.repeat(64), name: 'web-1', image: 'localhost/web', service: 'web' };
export const exchange: Exchange = {
  method: 'GET',
  target: '/users/1',
  protocol: 'HTTP/1.1',
  role: 'server',
  process: { pid: 42, comm: 'node', container, isWanted: true },
  local: '10.0.0.2:80',
  remote: '[::1]:5000',
  link: '0001',
  requestFirstNs: 1_000_000,
  requestLastNs: 1_500_000,
  responseFirstNs: 2_000_000,
  responseLastNs: 3_345_678,
  requestBytes: 90,
  responseBytes: 200,
  status: 200,
  end: 'complete',
};

export const tell = (changes: Partial<Exchange> = {}): Told => ({
  exchange: { ...exchange, ...changes },
  timeUs: 1_700_000_000_123_456,
  target: changes.target ?? exchange.target,
});

export const header: Header = {
  startedUs: 0,
  tier: 'A',
  why: 'it is here',
  hooks: ['tp_btf/sys_exit'],
  kernel: '6.1.0',
  scope: 'containers',
  role: 'server',
  sample: 1,
  unseen: ['much'],
};
