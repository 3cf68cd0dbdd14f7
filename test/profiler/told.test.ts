/** What stands in the kernel's records is what an exchange says: addresses, role, times and bytes. */
import { expect, test } from 'vitest';
import { Drain } from '../../container/profiler/src/drain.ts';
import type { Exchange } from '../../container/profiler/src/exchange.ts';
import * as layout from '../../container/profiler/src/layout.ts';
import { readSettings } from '../../container/profiler/src/settings.ts';
import { openTable } from '../helpers/connections.ts';
import { fakeProbe, fakeRing } from '../helpers/fake-probe.ts';

const CONN = 7n;
const { received, sent } = layout.direction;
const request = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';
const response = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const v4 = { family: 2, local: [10, 1, 2, 3], remote: [10, 4, 5, 6], localPath: '', remotePath: '' };
const v6 = {
  ...v4,
  family: 10,
  local: [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12],
  remote: [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
};
const unix = { ...v4, family: 1, local: [], remote: [], localPath: '/run/app.sock', remotePath: '\0one' };

type Ends = typeof v4;

function openRecord({ family, local, remote, localPath, remotePath }: Ends, requestDirection: number): Buffer {
  const record = Buffer.alloc(layout.open.size);
  record.writeBigUInt64LE(CONN, layout.open.conn);
  record.writeUInt32LE(layout.kind.open, layout.open.kind);
  record.writeUInt16LE(family, layout.open.family);
  record.writeUInt16LE(requestDirection, layout.open.requestDirection);
  record.writeUInt16LE(8080, layout.open.localPort);
  record.writeUInt16LE(41420, layout.open.remotePort);
  record.set(local, layout.open.local.at);
  record.set(remote, layout.open.remote.at);
  record.write(localPath, layout.open.localPath.at, 'latin1');
  record.write(remotePath, layout.open.remotePath.at, 'latin1');
  return record;
}

function pieceRecord(direction: number, text: string, timeNs: number): Buffer {
  const record = Buffer.alloc(layout.piece.size + text.length);
  record.writeBigUInt64LE(BigInt(timeNs), layout.piece.timeNs);
  record.writeBigUInt64LE(CONN, layout.piece.conn);
  record.writeUInt32LE(layout.kind.piece, layout.piece.kind);
  record.writeUInt32LE(0, layout.piece.offset);
  record.writeUInt32LE(text.length, layout.piece.len);
  record.writeUInt32LE(text.length, layout.piece.cap);
  record.writeUInt32LE(direction, layout.piece.direction);
  record.writeUInt32LE(text === response ? request.length : 0, layout.piece.other);
  record.writeUInt32LE(4321, layout.piece.pid);
  record.write('nginx', layout.piece.comm.at, 'latin1');
  record.write(text, layout.piece.size, 'latin1');
  return record;
}

test.each([
  ['a server, by IPv4', v4, received, 'server', '10.1.2.3:8080', '10.4.5.6:41420'],
  ['a client, by IPv4', v4, sent, 'client', '10.1.2.3:8080', '10.4.5.6:41420'],
  ['a server, by IPv6', v6, received, 'server', '[2001:db8::12]:8080', '[fe80::102:304:506:708]:41420'],
  ['a server, by a Unix socket', unix, received, 'server', 'unix:/run/app.sock', 'unix:@one'],
  ['a client, by a Unix socket', unix, sent, 'client', 'unix:/run/app.sock', 'unix:@one'],
])('%s', (_, ends, direction, role, local, remote) => {
  const [data, control] = [fakeRing(), fakeRing()];
  const told: Exchange[] = [];
  const settings = readSettings({ PROFILER_SCOPE: 'host', PROFILER_ROLE: 'both' });
  const events = { exchange: (exchange: Exchange) => told.push(exchange), lost: () => expect.unreachable() };
  const drain = new Drain(fakeProbe(data.ring, control.ring), settings, events, 'salt');
  data.put(openRecord(ends, direction));
  data.put(pieceRecord(direction, request, 5_000));
  data.put(pieceRecord(direction === received ? sent : received, response, 9_000));
  drain.drain();
  expect(told).toMatchObject([
    {
      method: 'GET',
      target: '/a',
      role,
      local,
      remote,
      status: 200,
      end: 'complete',
      process: { pid: 4321, comm: 'nginx', container: null },
      requestFirstNs: 5_000,
      requestLastNs: 5_000,
      responseFirstNs: 9_000,
      responseLastNs: 9_000,
      requestBytes: request.length,
      responseBytes: response.length,
    },
  ]);
});

test('a message does not end before it begins, although the thread that moved its end was seen to do so first', () => {
  const { exchanges, open, move } = openTable();
  open(1);
  move(1, '>', request.slice(0, 9), 2_005_000_000);
  move(1, '>', request.slice(9), 2_000_000_000);
  move(1, '<', response.slice(0, 20), 2_009_000_000);
  move(1, '<', response.slice(20), 2_001_000_000);
  expect(exchanges).toMatchObject([
    {
      ...{ requestFirstNs: 2_005_000_000, requestLastNs: 2_005_000_000 },
      ...{ responseFirstNs: 2_009_000_000, responseLastNs: 2_009_000_000 },
    },
  ]);
});
