import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as setTimeout$1 } from 'node:timers/promises';

// ci/bench/probe/measure.ts
/** What a process costs and what a load achieves, as the kernel and wrk count it. */
const UNITS = {
  us: 1,
  ms: 1e3,
  s: 1e6,
};
/** Nanoseconds on a processor of a process, its threads and its children that still run. */
function cpuNs(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const own = threads.map((tid) => Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]));
  const children = threads.flatMap((tid) =>
    readFileSync(`/proc/${pid}/task/${tid}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [...own, ...children.map(cpuNs)].reduce((sum, ns) => sum + ns, 0);
}
/** Anonymous memory in megabytes; the ring is shared memory and not in it. */
function anonymousMb(pid) {
  return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
/** Runs wrk without blocking, so that what this process holds goes on. */
async function runWrk(url, seconds, connections) {
  const wrk = spawn('wrk', ['-t1', `-c${connections}`, `-d${seconds}`, '--latency', url]);
  let text = '';
  wrk.stdout.on('data', (bytes) => {
    text += bytes;
  });
  await once(wrk, 'close');
  const [, p50 = '', unit = ''] = /50%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  const requests = Number(/(\d+) requests in/.exec(text)?.[1]);
  if (!(requests > 0)) throw new Error(`wrk made no requests to ${url}: ${text}`);
  return {
    requests,
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]),
    p50Us: Number(p50) * (UNITS[unit] ?? 0),
  };
}
/** Counts and times of the probe's programs since they were loaded, where kernel.bpf_stats_enabled is set. */
function programRuns() {
  const shown = execFileSync('bpftool', ['prog', 'show', '-j'], {
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
    },
  });
  return JSON.parse(shown)
    .filter(({ name }) => name?.startsWith('hp_'))
    .map(({ name = '', run_cnt = 0, run_time_ns = 0 }) => ({
      name,
      runs: run_cnt,
      ns: run_time_ns,
    }));
}
function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
// ci/bench/probe/servers.ts
/** What is measured: servers in a cgroup that is named as a container's is, and the profiler itself. */
const NGINX_PORT = 23300;
const NODE_PORT = 23301;
const HIERARCHIES = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup/pids', '/sys/fs/cgroup'];
const TRACES = ['http-trace.txt', 'http-trace.txt.1', 'http-trace.jsonl', 'http-trace.jsonl.1', 'profiler.json'];
const NODE_SERVER = `require('node:http').createServer((request, response) => response.end('twenty-four bytes of body'))
  .listen(${NODE_PORT}, '127.0.0.1')`;
/** nginx with one worker, no log and a body of a few bytes. */
async function startNginx() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-nginx-'));
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/errors; events {}
http { access_log off; keepalive_requests 1000000000;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
server { listen 127.0.0.1:${NGINX_PORT}; location / { return 200 "twenty-four bytes of body"; } } }`,
  );
  const url = `http://127.0.0.1:${NGINX_PORT}/`;
  return contain(spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')]), url, () =>
    rmSync(folder, { recursive: true }),
  );
}
/** A Node server of one line. */
async function startNode() {
  return contain(spawn(process.execPath, ['-e', NODE_SERVER]), `http://127.0.0.1:${NODE_PORT}/`);
}
/** The profiler, on this machine and not in a container; resolves when it is attached. */
async function startProfiler(env) {
  const out = mkdtempSync(join(tmpdir(), 'bench-traces-'));
  for (const name of TRACES) writeFileSync(join(out, name), '');
  const root = resolve(import.meta.dirname, '../../..');
  const child = spawn(join(root, 'node_modules/.bin/jiti'), [join(root, 'container/profiler/src/main.ts')], {
    env: {
      ...process.env,
      PROFILER_OUT: out,
      PROFILER_OBJECT: join(root, 'bpf/.output/http_probe.o'),
      PROFILER_MAX_BYTES: String(2 ** 32),
      ...env,
    },
  });
  let said = '';
  await new Promise((ready, failed) => {
    const listen = (bytes) => {
      said += bytes;
      if (said.includes('attached')) ready();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => failed(/* @__PURE__ */ new Error(`the profiler ended with ${code}: ${said}`)));
  });
  return {
    ...disposable(child, ''),
    out,
    [Symbol.asyncDispose]: () => end(child, () => rmSync(out, { recursive: true })),
  };
}
async function contain(child, url, clean = () => {}) {
  const groups = HIERARCHIES.filter((path) => existsSync(join(path, 'cgroup.procs'))).map((path) =>
    join(path, `libpod-${randomBytes(32).toString('hex')}.scope`),
  );
  await untilAnswers(child, url);
  const pids = [child.pid ?? 0, ...childrenOf(child.pid ?? 0)];
  for (const group of groups) {
    mkdirSync(group);
    for (const pid of pids) writeFileSync(join(group, 'cgroup.procs'), String(pid));
  }
  return {
    ...disposable(child, url),
    [Symbol.asyncDispose]: () =>
      end(child, () => {
        clean();
        for (const group of groups) rmdirSync(group);
      }),
  };
}
function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}
function disposable(child, url) {
  return {
    pid: child.pid ?? 0,
    url,
    [Symbol.asyncDispose]: () => end(child),
  };
}
async function end(child, clean = () => {}) {
  if (child.exitCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  clean();
}
async function untilAnswers(child, url) {
  let failure;
  child.once('error', (error) => {
    failure = error;
  });
  while (failure === void 0 && child.exitCode === null) {
    if (
      await fetch(url).then(
        (response) => response.text(),
        () => void 0,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw failure ?? /* @__PURE__ */ new Error(`the server for ${url} ended with ${child.exitCode}`);
}
// ci/bench/probe/stats.ts
/** The kernel's own statistics of eBPF programs, on while somebody looks. */
const SWITCH = '/proc/sys/kernel/bpf_stats_enabled';
/** Turns them on; they are as they were when it is disposed of. */
function setStats() {
  const before = readFileSync(SWITCH, 'utf8');
  writeFileSync(SWITCH, '1');
  return { [Symbol.dispose]: () => writeFileSync(SWITCH, before) };
}
// ci/bench/probe/cost.ts
/** What tracing costs a server: runs with and without the profiler in turn, each traced one between two others. */
/** Measures one server and prints what was found. */
async function measureCost(name, options) {
  await using server = await (name === 'nginx' ? startNginx() : startNode());
  const samples = [];
  let memory = 0;
  await run(server, void 0, options);
  for (let pair = 0; pair < options.pairs; pair++) {
    samples.push(await run(server, void 0, options));
    await using profiler = await startProfiler(options.env);
    samples.push(await run(server, profiler, options));
    memory = Math.max(memory, anonymousMb(profiler.pid));
  }
  samples.push(await run(server, void 0, options));
  report(name, samples, memory);
  await reportKernel(name, server, options);
}
async function run(server, profiler, { seconds }) {
  const before = {
    server: cpuNs(server.pid),
    profiler: profiler ? cpuNs(profiler.pid) : 0,
  };
  const load = await runWrk(server.url, seconds, 20);
  const after = {
    server: cpuNs(server.pid),
    profiler: profiler ? cpuNs(profiler.pid) : 0,
  };
  return {
    ...load,
    serverUs: (after.server - before.server) / load.requests / 1e3,
    profilerUs: (after.profiler - before.profiler) / load.requests / 1e3,
  };
}
function report(name, samples, memory) {
  const traced = samples.filter((_, index) => index % 2 === 1);
  const each = (pick) =>
    traced.map((on, pair) => {
      const [before, after] = [samples[2 * pair], samples[2 * pair + 2]];
      return {
        on: pick(on),
        off: before && after ? (pick(before) + pick(after)) / 2 : NaN,
      };
    });
  const cpu = each((sample) => sample.serverUs);
  const line = (what, value, digits) => `${name}: ${what} ${value.toFixed(digits)}`;
  const lines = [
    line('CPU per request without, us', median(cpu.map(({ off }) => off)), 2),
    line('CPU per request added, us', median(cpu.map(({ on, off }) => on - off)), 2),
    line('kept by CPU per request', median(cpu.map(({ on, off }) => off / on)), 3),
    line('kept by requests/s (noisy)', median(each((sample) => sample.perSecond).map(({ on, off }) => on / off)), 3),
    line('p50 ratio', median(each((sample) => sample.p50Us).map(({ on, off }) => on / off)), 3),
    line('profiler CPU per exchange, us', median(traced.map((sample) => sample.profilerUs)), 2),
    line('profiler anonymous memory, MB', memory, 0),
  ];
  console.log(lines.join('\n'));
}
/** Apart, because the kernel's own counting costs too. */
async function reportKernel(name, server, options) {
  await using _profiler = await startProfiler(options.env);
  using _stats = setStats();
  const before = new Map(programRuns().map((program) => [program.name, program]));
  const { requests } = await runWrk(server.url, options.seconds, 20);
  for (const { name: program, runs, ns } of programRuns()) {
    const moreRuns = runs - (before.get(program)?.runs ?? 0);
    const moreNs = ns - (before.get(program)?.ns ?? 0);
    const mean = moreRuns === 0 ? 0 : moreNs / moreRuns;
    console.log(
      `${name}: ${program} ${(moreRuns / requests).toFixed(2)} runs and ${(moreNs / requests / 1e3).toFixed(2)} us per request, ${mean.toFixed(0)} ns each`,
    );
  }
}
// container/profiler/src/identity.ts
/** The id of a container, as engines write it at the end of a cgroup's name: `libpod-<id>.scope`, `docker-<id>.scope`. */
const CONTAINER_ID = /(?:^|[-:])([0-9a-f]{64})(?:\.scope|\.slice|\.service)?$/;
/** The innermost container that the names speak of; undefined on the host. */
function findContainerId(names) {
  for (const name of [...names.unified, ...names.legacy]) {
    const id = CONTAINER_ID.exec(name)?.[1];
    if (id !== void 0 && !name.startsWith('libpod-conmon-')) return id;
  }
}
/** The container as the trace shows it. Without a list of names, its host name is what people gave it. */
function describeContainer(id, node, known) {
  const named = known.get(id);
  if (named)
    return {
      id,
      name: named.name,
      image: named.image,
      service: named.service,
    };
  return {
    id,
    name: node === '' || id.startsWith(node) ? null : node,
    image: null,
    service: null,
  };
}
/** Whether one of the patterns (names, `*` stands for anything) is a name of the group or of its container. */
function matchesGroup(patterns, names, container) {
  if (patterns.length === 0) return true;
  const all = [...names.unified, ...names.legacy, container?.id, container?.name, container?.service];
  return patterns.some((pattern) => {
    const expression = new RegExp(`^${pattern.split('*').map(escapeForRegExp).join('.*')}$`);
    return all.some((name) => name !== void 0 && name !== null && expression.test(name));
  });
}
function escapeForRegExp(text) {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
// container/profiler/src/groups.ts
/** Fewer than the kernel's map has room for; the oldest are announced again if they are still used. */
const MAX_GROUPS = 6e3;
const UNKNOWN = {
  container: null,
  isWanted: true,
};
var Groups = class {
  #records = /* @__PURE__ */ new Map();
  #groups = /* @__PURE__ */ new Map();
  #settings;
  #kernel;
  #known = /* @__PURE__ */ new Map();
  constructor(settings, kernel) {
    this.#settings = settings;
    this.#kernel = kernel;
  }
  /** The kernel has met a cgroup: decides whether its processes are traced. */
  announced(record) {
    const key = keyOf(record.group);
    if (this.#records.size >= MAX_GROUPS) this.#forgetOldest();
    this.#records.set(key, record);
    this.#decide(key, record);
  }
  /** The list of containers has changed. */
  renamed(known) {
    this.#known = known;
    for (const [key, record] of this.#records) this.#decide(key, record);
  }
  find(group) {
    return this.#groups.get(keyOf(group)) ?? UNKNOWN;
  }
  #decide(key, record) {
    const id = findContainerId(record);
    const container = id === void 0 ? null : describeContainer(id, record.node, this.#known);
    const isWanted =
      (this.#settings.scope === 'host' || container !== null) &&
      matchesGroup(this.#settings.cgroups, record, container);
    this.#groups.set(key, {
      container,
      isWanted,
    });
    const isUnnamed = container !== null && container.name === null && record.node === '';
    this.#kernel.decide(record.group, isWanted ? (isUnnamed ? 'unnamed' : 'trace') : 'ignore');
  }
  #forgetOldest() {
    for (const [key, record] of this.#records) {
      this.#records.delete(key);
      this.#groups.delete(key);
      this.#kernel.forgetGroup(record.group);
      return;
    }
  }
};
function keyOf(group) {
  return `${group.unified}/${group.legacy}`;
}
// container/profiler/src/layout.ts
/**
 * Generated by `ci/generate/layout.ts` from the BTF of `bpf/http_probe.bpf.c`; do not edit.
 * `at` is a field's offset in bytes, `size` the whole structure's; an array also has its length.
 */
const open = {
  size: 296,
  timeNs: 0,
  conn: 8,
  sock: 16,
  peer: 24,
  kind: 32,
  family: 36,
  requestDirection: 38,
  localPort: 40,
  remotePort: 42,
  local: {
    at: 48,
    lengths: [16],
  },
  remote: {
    at: 64,
    lengths: [16],
  },
  localPath: {
    at: 80,
    lengths: [108],
  },
  remotePath: {
    at: 188,
    lengths: [108],
  },
};
const piece = {
  size: 88,
  timeNs: 0,
  conn: 8,
  group: 16,
  kind: 32,
  offset: 36,
  len: 40,
  cap: 44,
  pid: 48,
  tid: 52,
  head: 56,
  direction: 60,
  gap: 62,
  body: 64,
  comm: {
    at: 72,
    lengths: [16],
  },
};
const close = {
  size: 32,
  timeNs: 0,
  conn: 8,
  kind: 16,
  oldState: 20,
  newState: 24,
  shed: 28,
};
const cgroup = {
  size: 1728,
  timeNs: 0,
  group: 8,
  kind: 24,
  pid: 28,
  comm: {
    at: 32,
    lengths: [16],
  },
  node: {
    at: 48,
    lengths: [72],
  },
  hostNode: {
    at: 120,
    lengths: [72],
  },
  unified: {
    at: 192,
    lengths: [6, 128],
  },
  legacy: {
    at: 960,
    lengths: [6, 128],
  },
};
const group = {
  size: 16,
  unified: 0,
  legacy: 8,
};
const kind = {
  open: 1,
  piece: 2,
  eof: 3,
  close: 4,
  cgroup: 5,
};
const direction = {
  received: 0,
  sent: 1,
};
// container/profiler/src/addresses.ts
/** Addresses as people write them. */
const IPV4_IN_IPV6 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];
/** `127.0.0.1`; an IPv4 address that travels as IPv6 is shown as what it is, others in brackets: `[::1]`. */
function formatIp(bytes) {
  if (bytes.length === 4) return bytes.join('.');
  if (IPV4_IN_IPV6.every((byte, index) => bytes[index] === byte)) return bytes.subarray(12).join('.');
  return `[${shorten(Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)))}]`;
}
/** `unix:/run/app.sock`, `unix:@abstract`, `unix:` for a socket without a name. */
function formatUnixPath(bytes) {
  const isAbstract = bytes[0] === 0 && bytes[1] !== 0;
  const name = isAbstract ? bytes.subarray(1) : bytes;
  const end = name.indexOf(0);
  return `unix:${isAbstract ? '@' : ''}${name.toString('latin1', 0, end === -1 ? name.length : end)}`;
}
/** The longest run of two zeros or more becomes `::`, the first of equals (RFC 5952). */
function shorten(groups) {
  let best = {
    start: 0,
    length: 1,
  };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length)
      best = {
        start,
        length: index + 1 - start,
      };
  });
  const hex = (part) => part.map((group) => group.toString(16)).join(':');
  if (best.length < 2) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}
// container/profiler/src/records.ts
/** Records of the rings, decoded. Layouts come from the object's BTF. */
const AF_UNIX = 1;
const AF_INET = 2;
const TWO_TO_32 = 4294967296;
/** By `enum hp_gap`. */
const GAPS = ['none', 'resumed', 'count-only'];
/** The kind of the record at a place of the ring that carries pieces. */
function dataKind({ words }, at) {
  return words[(at + piece.kind) >> 2] ?? 0;
}
/** A 64-bit number that needs no more than 53 bits: times, inodes. */
function readNumber({ words }, at) {
  return (words[(at >> 2) + 1] ?? 0) * TWO_TO_32 + ((words[at >> 2] ?? 0) >>> 0);
}
/** An unsigned 32-bit number. */
function readWord({ words }, at) {
  return (words[at >> 2] ?? 0) >>> 0;
}
/** An unsigned 16-bit number. */
function readHalf({ words }, at) {
  return ((words[at >> 2] ?? 0) >>> ((at & 2) << 3)) & 65535;
}
/** What the kernel knows of the message that a piece begins with. */
function readFramed(ring, at) {
  const headBytes = readWord(ring, at + piece.head);
  if (headBytes === 0) return void 0;
  const body = readNumber(ring, at + piece.body);
  return {
    headBytes,
    bodyBytes: body < 0 ? void 0 : body,
  };
}
function readGap(ring, at) {
  return GAPS[readHalf(ring, at + piece.gap)] ?? 'none';
}
/** A string that ends at its first NUL. */
function readText({ bytes }, at, length) {
  const end = bytes.subarray(at, at + length).indexOf(0);
  return bytes.toString('latin1', at, at + (end === -1 ? length : end));
}
function readGroupId({ bytes }, at) {
  return {
    unified: bytes.readBigUInt64LE(at + group.unified),
    legacy: bytes.readBigUInt64LE(at + group.legacy),
  };
}
function readOpen(ring, at) {
  const { bytes } = ring;
  const family = bytes.readUInt16LE(at + open.family);
  const address = (ip, port, path) => {
    const unixAt = at + path.at;
    if (family === AF_UNIX) return formatUnixPath(bytes.subarray(unixAt, unixAt + path.lengths[0]));
    const length = family === AF_INET ? 4 : 16;
    return `${formatIp(bytes.subarray(at + ip, at + ip + length))}:${bytes.readUInt16LE(at + port)}`;
  };
  return {
    conn: readNumber(ring, at + open.conn),
    sock: bytes.readBigUInt64LE(at + open.sock),
    peer: bytes.readBigUInt64LE(at + open.peer),
    isUnix: family === AF_UNIX,
    requestDirection: bytes.readUInt16LE(at + open.requestDirection),
    local: address(open.local.at, open.localPort, open.localPath),
    remote: address(open.remote.at, open.remotePort, open.remotePath),
  };
}
function readClose(ring, at) {
  return {
    conn: readNumber(ring, at + close.conn),
    oldState: readWord(ring, at + close.oldState),
    newState: readWord(ring, at + close.newState),
    isShed: readWord(ring, at + close.shed) !== 0,
  };
}
function readGroup(ring, at) {
  const names = (field) => {
    const [levels, length] = field.lengths;
    return Array.from({ length: levels }, (_, level) => readText(ring, at + field.at + level * length, length)).filter(
      (name) => name !== '',
    );
  };
  const node = readText(ring, at + cgroup.node.at, cgroup.node.lengths[0]);
  const hostNode = readText(ring, at + cgroup.hostNode.at, cgroup.hostNode.lengths[0]);
  return {
    group: readGroupId(ring, at + cgroup.group),
    unified: names(cgroup.unified),
    legacy: names(cgroup.legacy),
    node: node === hostNode ? '' : node,
  };
}
// container/profiler/src/processes.ts
const MAX_SEEN = 4096;
/** The cgroup's ids and the command, in words of the record. */
const GROUP_WORDS = group.size / 4;
const COMM_WORDS = piece.comm.lengths[0] / 4;
var Processes = class {
  #groups;
  #seen = /* @__PURE__ */ new Map();
  #generation = 0;
  constructor(groups) {
    this.#groups = groups;
  }
  /** Names or decisions have changed. */
  forgetAll() {
    this.#generation++;
  }
  /** The process of the piece at a place of the ring. */
  find(ring, at) {
    const pid = ring.words[(at + piece.pid) >> 2] ?? 0;
    const seen = this.#seen.get(pid);
    if (seen && seen.generation === this.#generation && isSame(seen.words, ring.words, at)) return seen.process;
    return this.#look(ring, at, pid);
  }
  #look(ring, at, pid) {
    const { container, isWanted } = this.#groups.find(readGroupId(ring, at + piece.group));
    const process = {
      pid,
      comm: readText(ring, at + piece.comm.at, piece.comm.lengths[0]),
      container,
      isWanted,
    };
    if (this.#seen.size >= MAX_SEEN) this.#seen.clear();
    this.#seen.set(pid, {
      process,
      words: identifyingWords(ring.words, at),
      generation: this.#generation,
    });
    return process;
  }
};
function identifyingWords(words, at) {
  const group = (at + piece.group) >> 2;
  const comm = (at + piece.comm.at) >> 2;
  return Int32Array.of(...words.subarray(group, group + GROUP_WORDS), ...words.subarray(comm, comm + COMM_WORDS));
}
function isSame(seen, words, at) {
  const group = (at + piece.group) >> 2;
  const comm = (at + piece.comm.at) >> 2;
  for (let index = 0; index < GROUP_WORDS; index++) if (seen[index] !== words[group + index]) return false;
  for (let index = 0; index < COMM_WORDS; index++) if (seen[GROUP_WORDS + index] !== words[comm + index]) return false;
  return true;
}
// container/profiler/src/exchange.ts
/** A request whose first byte has just come. */
function startPending(process, requestFirstNs, requestOffset) {
  return {
    requestFirstNs,
    requestOffset,
    process,
    method: '',
    target: '',
    protocol: '',
    requestLastNs: void 0,
    requestBytes: 0,
    responseOffset: void 0,
    responseFirstNs: void 0,
    responseLastNs: void 0,
    responseBytes: 0,
    status: void 0,
    requestIsComplete: false,
    responseIsComplete: false,
  };
}
/** What a request came to. Field by field: spreading costs more than all the parsing. */
function finishExchange(pending, { role, local, remote, link, end }) {
  return {
    method: pending.method,
    target: pending.target,
    protocol: pending.protocol,
    role,
    process: pending.process,
    local,
    remote,
    link,
    requestFirstNs: pending.requestFirstNs,
    requestLastNs: pending.requestLastNs,
    responseFirstNs: pending.responseFirstNs,
    responseLastNs: pending.responseLastNs,
    requestBytes: pending.requestBytes,
    responseBytes: pending.responseBytes,
    status: pending.status,
    end,
  };
}
// container/profiler/src/head.ts
const LF$1 = 10;
const CR$1 = 13;
/** A method's characters (RFC 9110, 5.6.2), a target without spaces, and a version that is framed as HTTP/1 is. */
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) ((?:HTTP|RTSP|ICE)\/1\.\d|HTTP\/0\.9)$/;
/** HTTP/0.9 knew one method, and no versions. */
const OLDEST_REQUEST_LINE = /^(GET) (\/\S*)$/;
const STATUS_LINE = /^(?:(?:HTTP|RTSP|ICE)\/1\.\d|HTTP\/0\.9) (\d{3})(?: |$)/;
const NOTHING = { kind: 'none' };
/** Undefined for what is not the first line of a request in HTTP/1.x or its like. */
function parseRequestLine(line) {
  const [, method, target, protocol = 'HTTP/0.9'] = REQUEST_LINE.exec(line) ?? OLDEST_REQUEST_LINE.exec(line) ?? [];
  if (method === void 0 || target === void 0) return void 0;
  return {
    method,
    target,
    protocol,
  };
}
/** Undefined for what is not the first line of a response in HTTP/1.x or its like. */
function parseStatusLine(line) {
  const status = STATUS_LINE.exec(line)?.[1];
  return status === void 0 ? void 0 : Number(status);
}
/** The head at the beginning of a text; undefined if it does not end there. */
function parseHead(text) {
  const firstEnd = text.indexOf('\n');
  let contentLength;
  let transferEncoding;
  let lineEnd = firstEnd;
  while (lineEnd !== -1) {
    const start = lineEnd + 1;
    const first = text.charCodeAt(start);
    if (first === LF$1 || (first === CR$1 && text.charCodeAt(start + 1) === LF$1)) {
      const bytes = start + (first === LF$1 ? 1 : 2);
      return {
        firstLine: trimLine(text.slice(0, firstEnd)),
        contentLength,
        transferEncoding,
        bytes,
      };
    }
    lineEnd = text.indexOf('\n', start);
    if ((first | 32) === 99) contentLength = readValue(text, start, lineEnd, 'content-length:', contentLength);
    else if ((first | 32) === 116)
      transferEncoding = readValue(text, start, lineEnd, 'transfer-encoding:', transferEncoding);
  }
}
/** How the body of a request ends; undefined if the head contradicts itself. */
function frameRequest(head) {
  if (head.transferEncoding !== void 0) return isChunked(head.transferEncoding) ? { kind: 'chunked' } : void 0;
  if (head.contentLength === void 0) return NOTHING;
  return frameCounted(head.contentLength);
}
/** How the body of a response to `method` ends; undefined if the head contradicts itself. */
function frameResponse(head, status, method) {
  if (status === 101 || (method === 'CONNECT' && status >= 200 && status < 300)) return { kind: 'tunnel' };
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return NOTHING;
  if (head.transferEncoding !== void 0)
    return isChunked(head.transferEncoding) ? { kind: 'chunked' } : { kind: 'until-close' };
  if (head.contentLength === void 0) return { kind: 'until-close' };
  return frameCounted(head.contentLength);
}
/** The size that a chunk's first line gives; undefined if it gives none. */
function parseChunkSize(line) {
  const digits = /^([0-9a-f]{1,13})[ \t]*(?:;|$)/i.exec(line)?.[1];
  return digits === void 0 ? void 0 : Number.parseInt(digits, 16);
}
/** A line without the CR that its LF left behind. */
function trimLine(line) {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
function readValue(text, start, end, name, before) {
  if (text.slice(start, start + name.length).toLowerCase() !== name) return before;
  const value = text.slice(start + name.length, end).trim();
  return before === void 0 ? value : `${before}, ${value}`;
}
function frameCounted(value) {
  if (typeof value === 'number')
    return {
      kind: 'counted',
      bytes: value,
    };
  const [first = '', ...others] = value.split(',').map((part) => part.trim());
  return /^\d{1,15}$/.test(first) && others.every((other) => other === first)
    ? {
        kind: 'counted',
        bytes: Number(first),
      }
    : void 0;
}
function isChunked(transferEncoding) {
  return /(?:^|,)[ \t]*chunked$/i.test(transferEncoding);
}
// container/profiler/src/http1.ts
/**
 * HTTP/1.x as a stream of one direction: where messages begin and end. Bytes may come in any pieces; where the body's
 * bytes were not copied, their number is enough. What a head means is asked of the caller, because whether a response
 * has a body is up to its request.
 * The file is longer than 200 lines because a state machine is read in one piece.
 */
/** A head longer than this is not waited for. */
const MAX_HEAD_BYTES = 65536;
const MAX_LINE_BYTES = 8192;
const LF = 10;
const CR = 13;
var Reader = class {
  state = 'start';
  /** Bytes of the present message so far, and after its end of the last one. */
  messageBytes = 0;
  #events;
  /** Bytes of the body or of the chunk that are still to come. */
  #left = 0;
  /** A head or a line whose end has not come yet. */
  #partial = '';
  constructor(events) {
    this.#events = events;
  }
  /** Goes on with `bytes[from..to)`. */
  feed(bytes, from, to) {
    let at = from;
    while (at < to) at = this.#step(bytes, at, to);
  }
  /**
   * A message begins whose head is known by its length and by its first line, `bytes[from..to)` with its end.
   * Returns false if none can begin here.
   */
  begin(bytes, from, to, { headBytes, bodyBytes }) {
    if (this.state === 'lost') return true;
    if (this.state !== 'start') return false;
    const firstLine = trimLine(bytes.toString('latin1', from, to - 1));
    this.state = 'head';
    this.#events.started(from);
    this.messageBytes = headBytes;
    this.#begin(
      this.#events.head({
        firstLine,
        bytes: headBytes,
        contentLength: bodyBytes,
        transferEncoding: void 0,
      }),
    );
    return true;
  }
  /** Could this many bytes be passed over whose content is not known? */
  canSkip(count) {
    switch (this.state) {
      case 'until-close':
      case 'lost':
        return true;
      case 'counted':
        return count <= this.#left;
      case 'chunk-data':
        return count <= this.#left + 2;
      case 'chunk-end':
        return count <= 2 - this.#partial.length;
      default:
        return count === 0;
    }
  }
  /** Goes on with bytes whose number alone is known. Returns false if their content would have mattered. */
  skip(count) {
    if (!this.canSkip(count)) return false;
    if (count === 0 || this.state === 'lost') return true;
    const beyond = this.state === 'chunk-end' ? count : count - this.#pass(count);
    if (beyond > 0) this.#passLineEnd(beyond);
    return true;
  }
  /** Forgets what it was reading; the next byte is a message's first. */
  restart() {
    this.state = 'start';
    this.messageBytes = 0;
    this.#partial = '';
  }
  #step(bytes, from, to) {
    switch (this.state) {
      case 'start':
        return this.#readStart(bytes, from, to);
      case 'head':
        return this.#readHead(bytes, from, to);
      case 'counted':
      case 'chunk-data':
      case 'until-close':
        return from + this.#pass(to - from);
      case 'chunk-size':
      case 'chunk-end':
      case 'trailer':
        return this.#readLine(bytes, from, to);
      case 'lost':
        return to;
      default:
        return this.state;
    }
  }
  #readStart(bytes, from, to) {
    let at = from;
    while (at < to && (bytes[at] === CR || bytes[at] === LF)) at++;
    if (at === to) return to;
    this.state = 'head';
    this.messageBytes = 0;
    this.#events.started(at);
    return this.#readHead(bytes, at, to);
  }
  /** Returns where the head ended, or `to` when there is more of it to come. */
  #readHead(bytes, from, to) {
    const before = this.#partial.length;
    const text = this.#partial + bytes.toString('latin1', from, to);
    const head = parseHead(text);
    if (head === void 0) {
      this.messageBytes += to - from;
      this.#partial = text;
      if (text.length > MAX_HEAD_BYTES || !this.#isPlausible(before)) this.#lose();
      return to;
    }
    this.#partial = '';
    this.messageBytes += head.bytes - before;
    this.#begin(this.#events.head(head));
    return from + head.bytes - before;
  }
  /** Looks at the first line when it has just become complete. */
  #isPlausible(before) {
    const feed = this.#partial.indexOf('\n');
    return feed === -1 || feed < before || this.#events.plausible(trimLine(this.#partial.slice(0, feed)));
  }
  #begin(framing) {
    if (framing === void 0 || framing.kind === 'tunnel') this.#lose();
    else if (framing.kind === 'until-close') this.state = 'until-close';
    else if (framing.kind === 'chunked') this.state = 'chunk-size';
    else if (framing.kind === 'none' || framing.bytes === 0) this.#end();
    else {
      this.state = 'counted';
      this.#left = framing.bytes;
    }
  }
  #readLine(bytes, from, to) {
    const feed = bytes.indexOf(LF, from);
    const isComplete = feed !== -1 && feed < to;
    const stop = isComplete ? feed + 1 : to;
    this.messageBytes += stop - from;
    this.#partial += bytes.toString('latin1', from, stop);
    if (isComplete) {
      const line = trimLine(this.#partial.slice(0, -1));
      this.#partial = '';
      this.#lineCame(line);
    } else if (this.#partial.length > MAX_LINE_BYTES) this.#lose();
    return stop;
  }
  #lineCame(line) {
    if (this.state === 'trailer') {
      if (line === '') this.#end();
    } else if (this.state === 'chunk-end') {
      if (line === '') this.state = 'chunk-size';
      else this.#lose();
    } else this.#beginChunk(parseChunkSize(line));
  }
  #beginChunk(size) {
    if (size === void 0) this.#lose();
    else if (size === 0) this.state = 'trailer';
    else {
      this.state = 'chunk-data';
      this.#left = size;
    }
  }
  /** Passes over body; returns how many of `count` bytes that were. */
  #pass(count) {
    const passed = this.state === 'until-close' ? count : Math.min(count, this.#left);
    this.messageBytes += passed;
    if (this.state === 'until-close') return passed;
    this.#left -= passed;
    if (this.#left === 0 && this.state === 'counted') this.#end();
    else if (this.#left === 0) this.state = 'chunk-end';
    return passed;
  }
  #passLineEnd(count) {
    const isComplete = this.#partial.length + count === 2;
    this.messageBytes += count;
    this.#partial = isComplete ? '' : '\r';
    this.state = isComplete ? 'chunk-size' : 'chunk-end';
  }
  #end() {
    this.state = 'start';
    this.#events.ended();
  }
  #lose() {
    this.state = 'lost';
    this.#partial = '';
  }
};
// container/profiler/src/line.ts
/** The requests of one connection that wait for their responses, oldest first, as HTTP/1 has it. */
var Line = class {
  #info;
  #tell;
  #pending = [];
  constructor(info, tell) {
    this.#info = info;
    this.#tell = tell;
  }
  get length() {
    return this.#pending.length;
  }
  join(pending) {
    this.#pending.push(pending);
  }
  clear() {
    this.#pending = [];
  }
  /** The last byte of a request came at `timeNs`; it may have been answered before. */
  requestEnded(pending, timeNs, bytes) {
    pending.requestLastNs = timeNs;
    pending.requestBytes = bytes;
    pending.requestIsComplete = true;
    if (pending.responseIsComplete && this.#pending[0] === pending) this.#leave('complete');
  }
  /** The first byte of a response came with a piece, at a place of its bytes. */
  responseStarted(piece, at) {
    if (this.#pending[0]?.responseIsComplete) this.#leave('complete');
    const first = this.#pending[0];
    if (first === void 0 || piece === void 0) return;
    first.responseOffset ??= offsetAt(piece, at);
    first.responseFirstNs = piece.timeNs;
  }
  /** How the body of a response ends; undefined for what is no response, or one that nobody waits for. */
  responseHead(head) {
    const status = parseStatusLine(head.firstLine);
    const first = this.#pending[0];
    if (status === void 0 || first === void 0) return void 0;
    if (!(status < 200 && status !== 101)) first.status = status;
    return frameResponse(head, status, first.method);
  }
  /** The last byte of a response, or of an interim one. */
  responseEnded(timeNs, bytes) {
    const first = this.#pending[0];
    if (first === void 0) return;
    stopResponse(first, timeNs, bytes);
    if (first.status === void 0) {
      first.responseFirstNs = void 0;
      first.responseLastNs = void 0;
      return;
    }
    first.responseIsComplete = true;
    if (first.requestIsComplete) this.#leave('complete');
  }
  /** The response that is under way ends here, whatever its head said. */
  endResponse(end, timeNs, bytes) {
    const first = this.#pending[0];
    if (first === void 0) return;
    stopResponse(first, timeNs, bytes);
    this.#leave(end);
  }
  /** No more responses will come; `bytes` are those of the one that was under way. */
  abort(timeNs, bytes) {
    while (this.#pending.length > 0) {
      const first = this.#pending[0];
      const isAnswered = first?.responseIsComplete === true;
      if (!isAnswered && first?.responseFirstNs !== void 0) stopResponse(first, timeNs, bytes);
      this.#leave(isAnswered ? 'complete' : 'aborted');
    }
  }
  /** The first in line is over. */
  #leave(end) {
    const first = this.#pending.shift();
    if (first === void 0) return;
    const { role, local, remote, linkOf } = this.#info;
    const link = linkOf(first.requestOffset, first.responseOffset);
    this.#tell(
      finishExchange(first, {
        role,
        local,
        remote,
        link,
        end,
      }),
    );
  }
};
/** Where in its direction's stream a byte of a piece lies, modulo 2^32. */
function offsetAt(piece, at) {
  return (piece.offset + at - piece.from) >>> 0;
}
function stopResponse(pending, timeNs, bytes) {
  pending.responseLastNs = timeNs;
  pending.responseBytes += bytes;
}
// container/profiler/src/streams.ts
/** More pieces than this do not wait: what is missing before them is gone. */
const MAX_WAITING = 64;
var Stream = class {
  /** The piece that the reader is being given, or was given last. */
  present;
  #reader;
  #events;
  #next;
  #waiting = [];
  constructor(reader, events) {
    this.#reader = reader;
    this.#events = events;
  }
  take(piece) {
    if (!this.#tryToTake(piece)) this.#waiting.push(keep(piece));
    else if (this.#waiting.length > 0) this.#takeWaiting();
    if (this.#waiting.length > MAX_WAITING) this.#events.tooManyWait();
  }
  /** The time of the oldest piece that waits for what is missing before it; undefined if none does. */
  waitsSince() {
    return this.#waiting[0]?.timeNs;
  }
  /** Nothing has been taken since the beginning or since `restart`. */
  isFresh() {
    return this.#next === void 0;
  }
  /** Nothing is missing before the piece. */
  isContinuedBy(piece) {
    return this.#next === (piece.offset | 0) && this.#waiting.length === 0;
  }
  /** Gives up what waits, in no order. */
  takeOut() {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
  /** Forgets what waits; the next piece may begin anywhere. */
  restart() {
    this.#next = void 0;
    this.#waiting = [];
    this.#reader.restart();
  }
  /** Returns false if the piece has to wait. */
  #tryToTake(piece) {
    const missing = this.#next === void 0 ? 0 : (piece.offset - this.#next) | 0;
    if (missing > 0 && !this.#reader.canSkip(missing)) return false;
    if (missing < 0) this.#deliverRest(piece, -missing);
    else this.#deliver(piece, missing);
    return true;
  }
  #deliver(piece, missing) {
    this.#next = (piece.offset + piece.length) | 0;
    this.present = piece;
    this.#reader.skip(missing);
    if (!this.#read(piece)) this.#events.lost();
  }
  /** Returns false if what was not copied would have mattered. */
  #read(piece) {
    const { bytes, from, cap, framed, length } = piece;
    if (framed === void 0) {
      this.#reader.feed(bytes, from, from + cap);
      return this.#reader.skip(length - cap);
    }
    return this.#reader.begin(bytes, from, from + cap, framed) && this.#reader.skip(length - framed.headBytes);
  }
  /** The first `known` bytes of the piece have come before. */
  #deliverRest(piece, known) {
    if (known >= piece.length) return;
    if (piece.framed !== void 0) {
      this.#events.lost();
      return;
    }
    const dropped = Math.min(known, piece.cap);
    const rest = {
      offset: (piece.offset + known) | 0,
      length: piece.length - known,
    };
    this.#deliver(
      {
        ...piece,
        ...rest,
        cap: piece.cap - dropped,
        from: piece.from + dropped,
      },
      0,
    );
  }
  #takeWaiting() {
    let count = 0;
    while (count !== this.#waiting.length) {
      count = this.#waiting.length;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const piece of waiting) if (!this.#tryToTake(piece)) this.#waiting.push(piece);
    }
  }
};
/** A piece that outlives its record. */
function keep(piece) {
  return {
    ...piece,
    bytes: Buffer.from(piece.bytes.subarray(piece.from, piece.from + piece.cap)),
    from: 0,
  };
}
// container/profiler/src/connection.ts
/**
 * One connection: two streams of pieces, and the line in which requests wait for their responses. Emits an exchange when
 * both are complete, or when the connection's end shows that they never will be.
 */
const REQUEST_START = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,24}(?: |$)/;
const RESPONSE_STARTS = ['HTTP/1.', 'HTTP/0.', 'RTSP/1.', 'ICE/1.'];
var Connection = class {
  #events;
  /** Requests whose heads are complete. */
  #line;
  /** The request that is being read. */
  #arriving;
  /** Pieces of responses that came before their request: two threads of a client may overtake each other. */
  #early = [];
  /** False after a loss, until a request stands at the beginning of a piece. */
  #isInStep = true;
  /** Responses are left out: requests are counted, and not told. */
  #isCountOnly = false;
  /** What came was no request: those before it are still answered. */
  #isRefused = false;
  #isFinished = false;
  #streamEvents = {
    lost: () => this.#loseStep(),
    tooManyWait: () => this.#giveUp(),
  };
  #requests = new Stream(this.#createRequestReader(), this.#streamEvents);
  #responseReader = this.#createResponseReader();
  #responses = new Stream(this.#responseReader, this.#streamEvents);
  constructor(info, events) {
    this.#events = events;
    this.#line = new Line(info, events.exchange);
  }
  /** Whether exchanges are under way. */
  get isBusy() {
    return this.#line.length > 0 || this.#arriving !== void 0 || this.#early.length > 0;
  }
  request(piece) {
    if (this.#isFinished || this.#isRefused) return;
    if (piece.gap !== 'none') this.#bridge(piece);
    if (!this.#isInStep && !this.#findStep(piece)) return;
    this.#requests.take(piece);
    if (this.#early.length > 0 && this.#line.length > 0) this.#takeEarly();
  }
  response(piece) {
    if (this.#isFinished || !this.#isInStep || this.#isCountOnly) return;
    if (this.#line.length === 0) {
      this.#early.push(keep(piece));
      return;
    }
    if (this.#responses.isFresh() && !mayStartResponse(piece)) return;
    this.#responses.take(piece);
    if (this.#isRefused && this.#line.length === 0) this.#finish('not-http');
  }
  /** No more responses will come; `inOrder` if what was sent was also handed over. */
  responsesEnded(inOrder) {
    const timeNs = this.#responses.present?.timeNs;
    const bytes = this.#responseReader.messageBytes;
    if (inOrder && this.#line.length > 0 && this.#responseReader.state === 'until-close')
      this.#line.endResponse('closed', timeNs, bytes);
    this.#line.abort(timeNs, bytes);
  }
  /** The rest of what is under way is not told. */
  leftOut() {
    if (this.#isFinished || !this.#isInStep || this.#isCountOnly) return;
    this.#isInStep = false;
    this.#loseExchanges();
  }
  /** The connection is over. */
  closed(inOrder) {
    this.giveUpBefore(Number.POSITIVE_INFINITY);
    this.responsesEnded(inOrder);
  }
  /** Gives up on what is missing since before `timeNs`. */
  giveUpBefore(timeNs) {
    const isOld = (since) => since !== void 0 && since < timeNs;
    if (isOld(this.#requests.waitsSince()) || isOld(this.#responses.waitsSince())) this.#giveUp();
    if (isOld(this.#early[0]?.timeNs)) this.#early = [];
  }
  #createRequestReader() {
    const reader = new Reader({
      started: (at) => {
        const piece = this.#requests.present;
        if (piece) this.#arriving = startPending(piece.who, piece.timeNs, offsetAt(piece, at));
      },
      plausible: (firstLine) => parseRequestLine(firstLine) !== void 0 || this.#refuse(),
      head: (head) => this.#requestHead(head),
      ended: () => {
        const pending = this.#arriving;
        this.#arriving = void 0;
        if (pending) this.#line.requestEnded(pending, this.#requests.present?.timeNs, reader.messageBytes);
      },
    });
    return reader;
  }
  #createResponseReader() {
    const reader = new Reader({
      started: (at) => this.#line.responseStarted(this.#responses.present, at),
      plausible: (firstLine) => parseStatusLine(firstLine) !== void 0,
      head: (head) => this.#responseHead(head),
      ended: () => this.#line.responseEnded(this.#responses.present?.timeNs, reader.messageBytes),
    });
    return reader;
  }
  #requestHead(head) {
    const parsed = parseRequestLine(head.firstLine);
    const framing = frameRequest(head);
    if (parsed === void 0 || framing === void 0 || this.#arriving === void 0) {
      this.#refuse();
      return;
    }
    Object.assign(this.#arriving, parsed);
    if (this.#isCountOnly) this.#events.lost(1);
    else this.#line.join(this.#arriving);
    return framing;
  }
  #responseHead(head) {
    const framing = this.#line.responseHead(head);
    if (framing === void 0) this.#loseStep();
    if (framing?.kind === 'tunnel') {
      this.#line.endResponse('upgraded', this.#responses.present?.timeNs, this.#responseReader.messageBytes);
      this.#finish('upgraded');
    }
    return framing;
  }
  #takeEarly() {
    const pieces = this.#early;
    this.#early = [];
    for (const piece of pieces) this.response(piece);
  }
  /** What came is no request, and where the next one begins is not known. */
  #refuse() {
    this.#isRefused = true;
    this.#arriving = void 0;
    if (this.#line.length === 0) this.#finish('not-http');
    return false;
  }
  #finish(why) {
    this.#isFinished = true;
    this.#forget();
    this.#events.finished(why);
  }
  /** Bytes that matter are missing: nothing is told until a request stands at the beginning of a piece. */
  #loseStep() {
    if (this.#isFinished || !this.#isInStep) return;
    this.#isInStep = false;
    if (this.#loseExchanges() === 0) this.#events.lost(1);
  }
  /** Counts what is under way, forgets it, and returns how many exchanges that were. */
  #loseExchanges() {
    const isHeadComing = this.#arriving !== void 0 && this.#arriving.method === '';
    const exchanges = this.#line.length + (isHeadComing ? 1 : 0);
    this.#forget();
    if (exchanges > 0) this.#events.lost(exchanges);
    return exchanges;
  }
  /** The kernel has left something out before a piece. */
  #bridge(piece) {
    const isCountOnly = piece.gap === 'count-only';
    if (isCountOnly && this.#isCountOnly) return;
    const arriving = this.#arriving;
    const goesOn = isCountOnly && this.#isInStep && this.#requests.isContinuedBy(piece);
    if (goesOn && arriving?.method === '') this.#arriving = void 0;
    this.#loseExchanges();
    this.#isCountOnly = isCountOnly;
    this.#isInStep = true;
    if (goesOn) this.#arriving = arriving;
    else this.#requests.restart();
    this.#responses.restart();
  }
  /** What is missing will not come any more: goes on with what came after it. */
  #giveUp() {
    const requests = this.#requests.takeOut().map((piece) => ({
      piece,
      isRequest: true,
    }));
    const responses = [...this.#early, ...this.#responses.takeOut()].map((piece) => ({
      piece,
      isRequest: false,
    }));
    this.#loseStep();
    const waiting = [...requests, ...responses].sort((one, other) => one.piece.timeNs - other.piece.timeNs);
    for (const { piece, isRequest } of waiting)
      if (isRequest) this.request(piece);
      else this.response(piece);
  }
  #findStep(piece) {
    if (!mayStartRequest(piece)) return false;
    this.#isInStep = true;
    this.#requests.restart();
    this.#responses.restart();
    return true;
  }
  #forget() {
    this.#line.clear();
    this.#early = [];
    this.#arriving = void 0;
  }
};
function mayStartRequest(piece) {
  return REQUEST_START.test(piece.bytes.toString('latin1', piece.from, piece.from + Math.min(piece.cap, 25)));
}
function mayStartResponse(piece) {
  const text = piece.bytes.toString('latin1', piece.from, piece.from + Math.min(piece.cap, 16)).trimStart();
  return piece.cap > 0 && RESPONSE_STARTS.some((start) => start.startsWith(text) || text.startsWith(start));
}
// container/profiler/src/table.ts
/** All connections that are followed, by the kernel's number for them. */
/** Connections that began like HTTP/1 and were not, until the kernel is told not to try again. */
const MAX_MISTAKES = 3;
const MAX_REMEMBERED_MISTAKES = 1024;
/** How long bytes may be late: two processors write into one ring. */
const LATE_NS = 1e8;
/** How long a connection is silent before it is asked whether it still exists. */
const SILENT_NS = 6e10;
const TCP_CLOSE = 7;
/** States that a connection reaches after it has sent its FIN. */
const SENT_FIN = /* @__PURE__ */ new Set([4, 5, 6, 9, 11]);
/** States that it reaches after it has received one. */
const RECEIVED_FIN = /* @__PURE__ */ new Set([6, 8, 9, 11]);
var Table = class {
  #entries = /* @__PURE__ */ new Map();
  #mistakes = /* @__PURE__ */ new Map();
  #kernel;
  #events;
  /** Kernel addresses never leave the process, but two ends of a Unix connection know each other by them. */
  #salt;
  constructor(kernel, events, salt) {
    this.#kernel = kernel;
    this.#events = events;
    this.#salt = salt;
  }
  get size() {
    return this.#entries.size;
  }
  opened(open, timeNs) {
    this.#entries.get(open.conn)?.connection.closed(false);
    const role = open.requestDirection === 0 ? 'server' : 'client';
    const linkOf = open.isUnix ? unixLinks(open, this.#salt) : tcpLink;
    const connection = new Connection(
      {
        role,
        local: open.local,
        remote: open.remote,
        linkOf,
      },
      {
        exchange: this.#events.exchange,
        lost: this.#events.lost,
        finished: (why) => this.#finished(open, why),
      },
    );
    this.#entries.set(open.conn, {
      open,
      connection,
      lastNs: timeNs,
      hasEnded: [false, false],
    });
  }
  moved(conn, direction, piece) {
    const entry = this.#entries.get(conn);
    if (entry === void 0) return;
    entry.lastNs = piece.timeNs;
    if (direction === entry.open.requestDirection) entry.connection.request(piece);
    else entry.connection.response(piece);
  }
  /** No more bytes will come in a direction; `isShed` if some were left out. */
  ended(conn, direction, isShed) {
    const entry = this.#entries.get(conn);
    if (entry === void 0) return;
    if (isShed) entry.connection.leftOut();
    if (direction !== entry.open.requestDirection) entry.connection.responsesEnded(true);
    entry.hasEnded[direction === 0 ? 0 : 1] = true;
    if (entry.open.isUnix && entry.hasEnded[0] && entry.hasEnded[1]) this.#close(entry, true);
  }
  closed({ conn, oldState, newState, isShed }) {
    const entry = this.#entries.get(conn);
    if (entry === void 0) return;
    if (isShed) entry.connection.leftOut();
    const isServer = entry.open.requestDirection === 0;
    if (newState !== TCP_CLOSE) {
      if (isServer) entry.connection.responsesEnded(true);
      return;
    }
    this.#entries.delete(conn);
    entry.connection.closed((isServer ? SENT_FIN : RECEIVED_FIN).has(oldState));
  }
  /** Gives up on bytes that are late. */
  giveUp(nowNs) {
    for (const entry of this.#entries.values()) entry.connection.giveUpBefore(nowNs - LATE_NS);
  }
  /** Forgets connections that ended without word: Unix sockets, and TCP ones whose word was lost. */
  sweep(nowNs) {
    for (const entry of this.#entries.values()) {
      if (entry.lastNs > nowNs - SILENT_NS) continue;
      if (
        entry.open.isUnix
          ? !entry.connection.isBusy || entry.hasEnded.includes(true)
          : !this.#kernel.isKnown(entry.open.sock, entry.open.conn)
      )
        this.#close(entry, false);
    }
  }
  /** Forgets everything; returns how many exchanges were under way. */
  clear() {
    let busy = 0;
    for (const entry of this.#entries.values()) if (entry.connection.isBusy) busy++;
    this.#entries.clear();
    return busy;
  }
  #close(entry, inOrder) {
    this.#entries.delete(entry.open.conn);
    this.#kernel.forget(entry.open.sock, entry.open.conn);
    entry.connection.closed(inOrder);
  }
  /** What looked like a request in the middle of something else may be followed by real ones. */
  #finished(open, why) {
    const mistakes = (this.#mistakes.get(open.conn) ?? 0) + 1;
    if (why === 'upgraded' || mistakes >= MAX_MISTAKES) {
      this.#mistakes.delete(open.conn);
      this.#kernel.ignore(open.sock, open.conn);
      return;
    }
    if (this.#mistakes.size > MAX_REMEMBERED_MISTAKES) this.#mistakes.clear();
    this.#mistakes.set(open.conn, mistakes);
    this.#entries.delete(open.conn);
    this.#kernel.forget(open.sock, open.conn);
  }
};
/** TCP sequences are the same at both ends, whatever addresses are translated between them. */
function tcpLink(requestOffset, responseOffset) {
  return hex(requestOffset) + hex(responseOffset ?? 0);
}
function unixLinks(open, salt) {
  const ends = open.sock < open.peer ? `${open.sock} ${open.peer}` : `${open.peer} ${open.sock}`;
  const connection = createHash('sha256').update(`${salt} ${ends}`).digest('hex').slice(0, 8);
  return (requestOffset) => connection + hex(requestOffset);
}
function hex(value) {
  return (value >>> 0).toString(16).padStart(8, '0');
}
// container/profiler/src/drain.ts
/** From records to exchanges: empties both rings, in an order that keeps what belongs together together. */
/** Connects the probe's rings to a table of connections. `salt` keeps kernel addresses out of what is written. */
function createDrain(probe, settings, events, salt) {
  const { data, control } = probe;
  const groups = new Groups(settings, probe);
  const processes = new Processes(groups);
  const table = new Table(probe, events, salt);
  let closes = [];
  let records = 0;
  const onControl = (at, length) => {
    records++;
    if (length === close.size)
      closes.push({
        record: readClose(control, at),
        after: data.produced(),
      });
    else {
      groups.announced(readGroup(control, at));
      processes.forgetAll();
    }
  };
  const onData = (at) => {
    records++;
    const kind$1 = dataKind(data, at);
    if (kind$1 === kind.piece) onPiece(at);
    else if (kind$1 === kind.open) table.opened(readOpen(data, at), readNumber(data, at + open.timeNs));
    else if (kind$1 === kind.eof) {
      const conn = readNumber(data, at + piece.conn);
      table.ended(conn, readHalf(data, at + piece.direction), readGap(data, at) !== 'none');
    }
  };
  const onPiece = (at) => {
    const conn = readNumber(data, at + piece.conn);
    table.moved(conn, readHalf(data, at + piece.direction), {
      offset: readWord(data, at + piece.offset),
      length: readWord(data, at + piece.len),
      cap: readWord(data, at + piece.cap),
      bytes: data.bytes,
      from: at + piece.size,
      framed: readFramed(data, at),
      gap: readGap(data, at),
      timeNs: readNumber(data, at + piece.timeNs),
      who: processes.find(data, at),
    });
  };
  const tellCloses = () => {
    const read = data.consumed();
    const waiting = closes;
    closes = waiting.filter(({ after }) => after > read);
    for (const { record, after } of waiting) if (after <= read) table.closed(record);
  };
  const drain = () => {
    const end = data.produced();
    control.consume(control.produced(), onControl);
    data.consume(end, onData);
    if (closes.length > 0) tellCloses();
  };
  return {
    drain,
    giveUp: (nowNs) => table.giveUp(nowNs),
    sweep: (nowNs) => table.sweep(nowNs),
    renamed: (known) => {
      groups.renamed(known);
      processes.forgetAll();
    },
    clear: () => {
      closes = [];
      probe.forgetAll();
      return table.clear();
    },
    counters: () => ({
      records,
      connections: table.size,
    }),
  };
}
// container/profiler/src/losses.ts
/** The names under which losses are shown; the kernel's are those of `enum hp_loss`. */
const NAMES = {
  lostRingFull: 'records, because the ring was full',
  lostControlFull: 'ends of connections, because the control ring was full',
  lostConnectionRefused: 'connections, because their table was full',
  lostUnreadable: 'pieces, because their memory could not be read',
  lostSegments: 'pieces, because they had too many segments',
  lostCgroupRefused: 'lookups of containers, because their table was full',
  lostShed: 'requests, with their responses, because the profiler was behind',
  lostRecursion: 'events, because the probe was running already',
  exchangesLost: 'exchanges, because bytes of their connections were missing',
  paused: 'exchanges, because capture was paused while they were under way',
  unwritten: 'lines, because they could not be written',
};
var Losses = class {
  #counts = /* @__PURE__ */ new Map();
  #told = /* @__PURE__ */ new Map();
  #sinceUs;
  /** `sinceUs`: when counting began. */
  constructor(sinceUs) {
    this.#sinceUs = sinceUs;
  }
  add(kind, count) {
    if (count > 0) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
  }
  /** Counts that somebody else keeps, as they stand now. */
  replace(counts) {
    for (const [kind, count] of Object.entries(counts)) this.#counts.set(kind, count);
  }
  /** Those that have grown since they were told last, with their whole count. */
  takeNew() {
    return [...this.#counts]
      .filter(([kind, count]) => count > (this.#told.get(kind) ?? 0))
      .map(([kind, count]) => {
        this.#told.set(kind, count);
        return {
          what: NAMES[kind] ?? kind,
          count,
          sinceUs: this.#sinceUs,
        };
      });
  }
  /** Every kind that has been counted, in short names. */
  counters() {
    return Object.fromEntries([...this.#counts].filter(([, count]) => count > 0));
  }
};
// container/profiler/src/sample.ts
/** Sampling by link, so that both ends of an exchange are kept or left out together. */
/** True for one link in `every`, always the same ones (FNV-1a). */
function isSampled(link, every) {
  if (every === 1) return true;
  let hash = 2166136261;
  for (let index = 0; index < link.length; index++) hash = Math.imul(hash ^ link.charCodeAt(index), 16777619);
  return (hash >>> 0) % every === 0;
}
// container/profiler/src/secrets.ts
/** What must not be written anywhere: values of query parameters that name a secret, and passwords in a target. */
/** Names that are always redacted; settings add to them. */
const SECRET_NAMES = [
  'access_token',
  'api-key',
  'api_key',
  'apikey',
  'auth_token',
  'authorization',
  'client_secret',
  'id_token',
  'passphrase',
  'passwd',
  'password',
  'private_key',
  'pwd',
  'refresh_token',
  'secret',
  'session_id',
  'session_token',
  'sessionid',
  'sig',
  'signature',
  'token',
  'x-amz-credential',
  'x-amz-security-token',
  'x-amz-signature',
];
const USER_INFO = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i;
/** Makes the function that takes the secrets out of a request's target. */
function createRedactor(names) {
  const secret = new Set([...SECRET_NAMES, ...names].map((name) => name.toLowerCase()));
  return (target) => {
    const bare = target.charCodeAt(0) === 47 ? target : target.replace(USER_INFO, '$1***@');
    const query = bare.indexOf('?');
    return query === -1 ? bare : bare.slice(0, query + 1) + redactQuery(bare.slice(query + 1), secret);
  };
}
function redactQuery(query, secret) {
  return query.replace(/([^&;=#]+)=([^&;#]*)/g, (pair, name) => (secret.has(plainName(name)) ? `${name}=***` : pair));
}
/** A name may hide behind percent signs, a `+` or brackets: `user%5Btoken%5D`, `user[token]`. */
function plainName(name) {
  const decoded = name.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return (/\[([^\]]+)\]\s*$/.exec(decoded)?.[1] ?? decoded).trim().toLowerCase();
}
// container/profiler/src/capture.ts
var Capture = class {
  #options;
  #drain;
  #losses;
  #redact;
  #exchanges = 0;
  #isPaused = false;
  #isStopped = false;
  constructor(options) {
    const { settings, probe, salt, header } = options;
    this.#options = options;
    this.#losses = new Losses(header.startedUs);
    this.#redact = createRedactor(settings.redact);
    const lost = (count) => this.#losses.add('exchangesLost', count);
    this.#drain = createDrain(
      probe,
      settings,
      {
        exchange: (exchange) => this.#tell(exchange),
        lost,
      },
      salt,
    );
  }
  start() {
    this.#options.probe.attach();
    for (const sink of this.#options.sinks) sink.header(this.#options.header);
    this.tidy();
    this.refresh();
  }
  /** Empties the rings; called every few milliseconds. */
  tick() {
    this.#drain.drain();
    for (const sink of this.#options.sinks) this.#losses.add('unwritten', sink.flush());
  }
  /** Takes in new names and gives up on what is late; called a few times a second. */
  tidy() {
    const names = this.#options.readNames();
    if (names !== void 0) this.#drain.renamed(names);
    this.#drain.giveUp(this.#options.clock.nowNs());
  }
  /** Looks at the clock and at losses, and tells the state; called every second. */
  refresh() {
    const { clock, probe, sinks } = this.#options;
    clock.adjust();
    this.#losses.replace(probe.losses());
    for (const loss of this.#losses.takeNew()) for (const sink of sinks) sink.loss(loss);
    this.#tellStatus();
  }
  /** Forgets connections that ended without word; called now and then. */
  sweep() {
    this.#drain.sweep(this.#options.clock.nowNs());
  }
  /** Detaches the probe, so that nothing costs anything, or attaches it again. */
  togglePause() {
    const { probe } = this.#options;
    if (this.#isPaused) probe.attach();
    else {
      probe.detach();
      this.tick();
      this.#losses.add('paused', this.#drain.clear());
    }
    this.#isPaused = !this.#isPaused;
    this.refresh();
  }
  /** Detaches and writes what is left. */
  stop() {
    if (!this.#isPaused) this.#options.probe.detach();
    this.#isPaused = true;
    this.#isStopped = true;
    this.tick();
    this.refresh();
    this.tick();
  }
  #tell(exchange) {
    const { settings, sinks, clock } = this.#options;
    if (!exchange.process.isWanted || !isSampled(exchange.link, settings.sample)) return;
    this.#exchanges++;
    const told = {
      exchange,
      timeUs: clock.wallUs(exchange.requestFirstNs),
      target: this.#redact(exchange.target),
    };
    for (const sink of sinks) sink.exchange(told);
  }
  #tellStatus() {
    const { header, writeStatus } = this.#options;
    writeStatus({
      state: this.#isPaused ? 'paused' : 'attached',
      tier: header.tier,
      hooks: header.hooks,
      kernel: header.kernel,
      why: this.#isStopped ? 'the profiler was stopped' : header.why,
      counters: {
        exchanges: this.#exchanges,
        ...this.#drain.counters(),
        ...this.#losses.counters(),
      },
    });
  }
};
// container/profiler/src/clock.ts
/** `readBootTime` gives the wall-clock nanoseconds at boot, `readNow` those since. */
function createClock(readBootTime, readNow) {
  let bootUs = 0;
  const adjust = () => {
    bootUs = Number(readBootTime() / 1000n);
  };
  adjust();
  return {
    adjust,
    nowNs: () => Number(readNow()),
    wallUs: (bootNs) => bootUs + Math.floor(bootNs / 1e3),
  };
}
const DIGITS = Array.from({ length: 1e3 }, (_, index) => String(index).padStart(3, '0'));
let second = -1;
let secondText = '';
/** `2026-11-22T12:09:02.123456Z`; the part that seldom changes is kept. */
function formatTime(wallUs) {
  const seconds = Math.floor(wallUs / 1e6);
  if (seconds !== second) {
    second = seconds;
    secondText = /* @__PURE__ */ new Date(seconds * 1e3).toISOString().slice(0, 20);
  }
  const micros = wallUs - seconds * 1e6;
  const millis = Math.floor(micros / 1e3);
  return `${secondText}${DIGITS[millis]}${DIGITS[micros - millis * 1e3]}Z`;
}
/** Nanoseconds as milliseconds with three decimals: `12.345`. */
function formatMs(ns) {
  const micros = Math.round(ns / 1e3);
  const millis = Math.floor(micros / 1e3);
  return `${millis}.${DIGITS[micros - millis * 1e3]}`;
}
// container/profiler/src/ring.ts
const RECORD_BUSY = 1 << 31;
const RECORD_DISCARDED = 1 << 30;
const RECORD_HEADER_BYTES = 8;
/** How many bytes are read before the kernel is told that they are free again. */
const RELEASE_BYTES = 1 << 18;
/** Reads a ring from its beginning. */
function openRing(memory) {
  const consumer = new BigUint64Array(memory.consumer, 0, 1);
  const producer = new BigUint64Array(memory.producer, 0, 1);
  const words = new Int32Array(memory.producer, memory.pageBytes, (2 * memory.ringBytes) / 4);
  const bytes = Buffer.from(memory.producer, memory.pageBytes, 2 * memory.ringBytes);
  const mask = memory.ringBytes - 1;
  let position = Number(Atomics.load(consumer, 0));
  const consume = (end, onRecord) => {
    let released = position;
    while (position < end) {
      const at = position & mask;
      const header = Atomics.load(words, at >> 2);
      if (header & RECORD_BUSY) break;
      const length = header & 1073741823;
      if (!(header & RECORD_DISCARDED)) onRecord(at + RECORD_HEADER_BYTES, length);
      position += (length + RECORD_HEADER_BYTES + 7) & -8;
      if (position - released < RELEASE_BYTES) continue;
      released = position;
      Atomics.store(consumer, 0, BigInt(position));
    }
    if (position !== released) Atomics.store(consumer, 0, BigInt(position));
  };
  return {
    words,
    bytes,
    consume,
    produced: () => Number(Atomics.load(producer, 0)),
    consumed: () => position,
  };
}
// container/profiler/src/settings.ts
/** Every setting that is wrong, each in a sentence. */
var SettingsError = class extends Error {
  problems;
  constructor(problems) {
    super(problems.join('\n'));
    this.name = 'SettingsError';
    this.problems = problems;
  }
};
const MAX_PORT_RANGES = 16;
const MIN_MAX_BYTES = 65536;
/** What may follow `PROFILER_`. */
const SETTING_NAMES = /* @__PURE__ */ new Set([
  'SCOPE',
  'PORTS',
  'ROLE',
  'OUT',
  'MAX_BYTES',
  'CGROUPS',
  'SAMPLE',
  'REDACT',
  'TIER',
  'OBJECT',
]);
/** Reads the variables that begin with `PROFILER_`; throws all that is wrong with them at once. */
function readSettings(env) {
  const problems = unknownNames(env);
  const read = (name, fallback, parse, expected) => {
    const value = env[`PROFILER_${name}`]?.trim();
    if (value === void 0 || value === '') return fallback;
    const parsed = parse(value);
    if (parsed === void 0) problems.push(`PROFILER_${name}: \`${value}\` is not ${expected}`);
    return parsed ?? fallback;
  };
  const settings = {
    scope: read('SCOPE', 'containers', oneOf('containers', 'host'), '`containers` or `host`'),
    ports: read('PORTS', [], parsePorts, 'a list of ports and ranges, at most 16, such as `8080,18080-18099`'),
    role: read('ROLE', 'server', oneOf('server', 'client', 'both'), '`server`, `client` or `both`'),
    out: read('OUT', '/traces', absolutePath, 'an absolute path'),
    maxBytes: read('MAX_BYTES', 64 << 20, parseMaxBytes, `a number of bytes of at least ${MIN_MAX_BYTES}`),
    cgroups: read('CGROUPS', [], parseList, 'a list of names'),
    sample: read('SAMPLE', 1, parseSample, 'a fraction such as `1/10`'),
    redact: read('REDACT', [], parseList, 'a list of names'),
    tier: read('TIER', void 0, oneOf('A', 'B', 'C'), '`A`, `B` or `C`'),
    object: read('OBJECT', '/usr/local/lib/http_probe.o', absolutePath, 'an absolute path'),
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}
function unknownNames(env) {
  return Object.keys(env)
    .filter((name) => name.startsWith('PROFILER_') && !SETTING_NAMES.has(name.slice(9)))
    .map(
      (name) =>
        `${name}: there is no such setting; there are ${[...SETTING_NAMES].map((known) => `PROFILER_${known}`).join(', ')}`,
    );
}
function oneOf(...values) {
  return (value) => values.find((known) => known === value);
}
function absolutePath(value) {
  return value.startsWith('/') ? value : void 0;
}
function parseList(value) {
  const items = value.split(',').map((item) => item.trim());
  return items.every((item) => item !== '') ? items : void 0;
}
function parsePorts(value) {
  const ranges = parseList(value)?.map(parsePortRange);
  if (ranges === void 0 || ranges.length > MAX_PORT_RANGES) return void 0;
  const valid = ranges.filter((range) => range !== void 0);
  return valid.length === ranges.length ? valid : void 0;
}
function parsePortRange(value) {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value) ?? [];
  const range = {
    first: Number(first),
    last: Number(last),
  };
  return range.first >= 1 && range.first <= range.last && range.last <= 65535 ? range : void 0;
}
function parseMaxBytes(value) {
  const bytes = /^\d{1,15}$/.test(value) ? Number(value) : 0;
  return bytes >= MIN_MAX_BYTES ? bytes : void 0;
}
function parseSample(value) {
  const every = Number(/^1\/(\d{1,9})$/.exec(value)?.[1]);
  return every >= 1 ? every : void 0;
}
// container/profiler/src/sinks/file.ts
/**
 * A trace that is a file: lines are gathered and written whole, and at its greatest size its content is set aside.
 * The files exist before the profiler starts and belong to somebody else: nothing here creates, renames or changes one.
 */
const COPY_BYTES = 1 << 20;
const LINE_FEED = 10;
/** Opens the file at `path`, and `path` with `.1` when it is full; throws if they do not exist. */
function openFileSink(path, format, maxBytes) {
  const file = openSync(path, constants.O_RDWR | constants.O_APPEND);
  let lines = [];
  let exchanges = 0;
  let begin;
  const setAside = (size) => {
    copy(file, `${path}.1`, size);
    ftruncateSync(file, 0);
    if (begin !== void 0) lines.unshift(format.header(begin));
  };
  const flush = () => {
    if (lines.length === 0) return 0;
    const size = fstatSync(file).size;
    if (size >= maxBytes) setAside(size);
    const told = exchanges;
    const text = gather(lines);
    lines = [];
    exchanges = 0;
    return writeWhole(file, text) ? 0 : told;
  };
  return {
    header: (header) => {
      begin = header;
      lines.push(format.header(header));
    },
    exchange: (told) => {
      lines.push(format.exchange(told));
      exchanges++;
    },
    loss: (loss) => lines.push(format.loss(loss)),
    flush,
  };
}
let gathered = Buffer.alloc(65536);
/** The lines as bytes, one of which each character is; valid until the next call. */
function gather(lines) {
  const size = lines.reduce((sum, line) => sum + line.length + 1, 0);
  if (gathered.length < size) gathered = Buffer.alloc(2 * size);
  let at = 0;
  for (const line of lines) {
    at += gathered.write(line, at, 'latin1');
    gathered[at++] = LINE_FEED;
  }
  return gathered.subarray(0, size);
}
/** False, and nothing of it in the file, when the disk is full. */
function writeWhole(file, bytes) {
  const before = fstatSync(file).size;
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(file, bytes, written);
    return true;
  } catch (error) {
    if (!isFull(error)) throw error;
    ftruncateSync(file, before);
    return false;
  }
}
/** On a full disk what is set aside is cut short: the room is better used by what comes now. */
function copy(from, path, size) {
  const to = openSync(path, constants.O_WRONLY | constants.O_TRUNC);
  const buffer = Buffer.alloc(COPY_BYTES);
  try {
    for (let at = 0; at < size; ) {
      const read = readSync(from, buffer, 0, buffer.length, at);
      if (read === 0) break;
      if (!writeWhole(to, buffer.subarray(0, read))) break;
      at += read;
    }
  } finally {
    closeSync(to);
  }
}
function isFull(error) {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
// container/profiler/src/sinks/json.ts
/** http-trace.jsonl: one JSON document a line, each with `type`: `header`, `exchange` or `loss`. */
/** What needs no escape. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
/** What JSON.stringify leaves as it is and a terminal may take for a command. */
const UNSAFE$1 = /[\x7f-\uffff]/g;
const jsonFormat = {
  header: ({ startedUs, ...header }) =>
    quote({
      type: 'header',
      time: formatTime(startedUs),
      ...header,
    }),
  exchange: ({ exchange, timeUs, target }) => {
    const { process, requestFirstNs, responseLastNs } = exchange;
    const durationMs = responseLastNs === void 0 ? 'null' : milliseconds(responseLastNs - requestFirstNs);
    return `{"type":"exchange","time":"${formatTime(timeUs)}","method":${text(exchange.method)},"target":${text(target)},"status":${exchange.status ?? 'null'},"end":"${exchange.end}","protocol":${text(exchange.protocol)},"role":"${exchange.role}","timing":${timing(exchange)},"durationMs":${durationMs},"requestBytes":${exchange.requestBytes},"responseBytes":${exchange.responseBytes},${who(process)},"link":"${exchange.link}","queuedUs":null,"local":${text(exchange.local)},"remote":${text(exchange.remote)}}`;
  },
  loss: ({ what, count, sinceUs }) =>
    quote({
      type: 'loss',
      what,
      count,
      since: formatTime(sinceUs),
    }),
};
function timing({ requestFirstNs, requestLastNs, responseFirstNs, responseLastNs }) {
  const after = (ns) => (ns === void 0 ? null : Math.round((ns - requestFirstNs) / 1e3));
  return `{"requestFirst":0,"requestLast":${after(requestLastNs)},"responseFirst":${after(responseFirstNs)},"responseLast":${after(responseLastNs)}}`;
}
const written = /* @__PURE__ */ new WeakMap();
/** The same few processes come again and again. */
function who(process) {
  const known = written.get(process);
  if (known !== void 0) return known;
  const { pid, comm, container } = process;
  const made = `"pid":${pid},"comm":${quote(comm)},"container":${container === null ? 'null' : quote(container)}`;
  written.set(process, made);
  return made;
}
/** Nanoseconds as milliseconds, exactly and without the long way of printing a fraction. */
function milliseconds(ns) {
  const whole = Math.floor(ns / 1e6);
  return `${whole}.${String(ns - whole * 1e6).padStart(6, '0')}`;
}
function text(value) {
  return PLAIN.test(value) ? `"${value}"` : quote(value);
}
function quote(value) {
  return JSON.stringify(value).replace(UNSAFE$1, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
// container/profiler/src/sinks/text.ts
/** http-trace.txt: `TIME METHOD TARGET STATUS|- DURATIONms|- CONTAINER|- ROLE LOCAL<->REMOTE`, and `#` lines. */
/** Everything but visible ASCII; the backslash too, so that what is escaped can be told from what is not. */
const UNSAFE = /[^\x21-\x5b\x5d-\x7e]/g;
const UNSAFE_ANYWHERE = /[^\x21-\x5b\x5d-\x7e]/;
const textFormat = {
  header: (header) =>
    [
      `# http-trace, started ${formatTime(header.startedUs)}, kernel ${escapeText(header.kernel)}`,
      `# tier ${header.tier}: ${header.hooks.join(', ')} (${header.why})`,
      `# scope ${header.scope}, role ${header.role}, one exchange in ${header.sample}`,
      `# not seen here: ${header.unseen.join('; ')}`,
      '# TIME METHOD TARGET STATUS DURATION CONTAINER ROLE LOCAL<->REMOTE',
    ].join('\n'),
  exchange: ({ exchange, timeUs, target }) => {
    const { responseLastNs, requestFirstNs, status, process, method, role, local, remote } = exchange;
    const duration = responseLastNs === void 0 ? '-' : `${formatMs(responseLastNs - requestFirstNs)}ms`;
    const name = process.container === null ? '-' : labelOf(process.container);
    return `${formatTime(timeUs)} ${escapeText(method)} ${escapeText(target)} ${status ?? '-'} ${duration} ${name} ${role} ${escapeText(local)}<->${escapeText(remote)}`;
  },
  loss: ({ what, count, sinceUs }) => `# loss ${what}: ${count} since ${formatTime(sinceUs)}`,
};
/** Bytes that could end a line, split a field or speak to a terminal, as `\xHH`; beyond Latin-1 as `\u{…}`. */
function escapeText(text) {
  if (!UNSAFE_ANYWHERE.test(text)) return text;
  return text.replace(UNSAFE, (unit) => {
    const code = unit.charCodeAt(0);
    return code > 255 ? `\\u{${code.toString(16)}}` : `\\x${code.toString(16).padStart(2, '0')}`;
  });
}
function labelOf({ name, id }) {
  return escapeText(name ?? id?.slice(0, 12) ?? '-');
}
// ci/bench/probe/drain.ts
/** What user space costs: made-up records of a busy keep-alive server through the real drain into real files. */
const RING_BYTES = 32 << 20;
const PAGE_BYTES = 4096;
const CONNECTIONS = 64;
const EXCHANGES = 6e4;
const ROUNDS = 6;
/** What comes in one tick of the timer at a hundred thousand exchanges a second. */
const EXCHANGES_PER_TICK = 1e3;
const REQUEST = 'GET /users?page=12 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n';
const RESPONSE =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 240\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT\r\nConnection: keep-alive\r\n\r\n';
/** Prints CPU per exchange, for each sink and for both. */
function measureDrain() {
  const sinks = {
    'no sink': [],
    'text trace': [textFormat],
    'text and JSON': [textFormat, jsonFormat],
  };
  for (const [name, formats] of Object.entries(sinks)) {
    const perExchange = drainMany(formats);
    console.log(
      `drain: ${name} ${perExchange.toFixed(2)} us per exchange, ${(perExchange / 2).toFixed(2)} us per record, ${Math.round(1e6 / perExchange)} exchanges/s on one core`,
    );
  }
}
function drainMany(formats) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-drain-'));
  const sinks = formats.map((format, index) => {
    const path = join(folder, `trace-${index}`);
    writeFileSync(path, '');
    writeFileSync(`${path}.1`, '');
    return openFileSink(path, format, 2 ** 32);
  });
  const ring = createRing();
  const capture = new Capture({
    settings: readSettings({ PROFILER_SCOPE: 'host' }),
    probe: fakeProbe(ring.ring),
    sinks,
    clock: createClock(
      () => 1700000000000000000n,
      () => 0n,
    ),
    header: {
      startedUs: 0,
      hooks: [],
      unseen: [],
    },
    writeStatus: () => {},
    readNames: () => void 0,
    salt: '',
  });
  let best = Number.POSITIVE_INFINITY;
  for (let conn = 1; conn <= CONNECTIONS; conn++) ring.open(conn);
  capture.tick();
  for (let round = 0; round < ROUNDS; round++) {
    let spentUs = 0;
    for (let done = 0; done < EXCHANGES; done += EXCHANGES_PER_TICK) {
      for (let exchange = 0; exchange < EXCHANGES_PER_TICK; exchange++) ring.exchange(1 + (exchange % CONNECTIONS));
      const before = process.cpuUsage();
      capture.tick();
      const { user, system } = process.cpuUsage(before);
      spentUs += user + system;
    }
    best = Math.min(best, spentUs / EXCHANGES);
  }
  rmSync(folder, { recursive: true });
  return best;
}
function fakeProbe(data) {
  const nothing = () => {};
  return {
    data,
    control: createRing().ring,
    ringBytes: RING_BYTES,
    tier: {
      tier: 'A',
      why: '',
      hooks: [],
      unseen: [],
    },
    attach: nothing,
    detach: nothing,
    decide: nothing,
    forgetGroup: nothing,
    ignore: nothing,
    forget: nothing,
    forgetAll: nothing,
    isKnown: () => true,
    losses: () => ({}),
  };
}
/** A ring in ordinary memory, and what writes records into it as the kernel does. */
function createRing() {
  const consumer = /* @__PURE__ */ new ArrayBuffer(PAGE_BYTES);
  const producer = /* @__PURE__ */ new ArrayBuffer(67112960);
  const ring = openRing({
    consumer,
    producer,
    pageBytes: PAGE_BYTES,
    ringBytes: RING_BYTES,
  });
  const position = new BigUint64Array(producer, 0, 1);
  const bytes = Buffer.from(producer, PAGE_BYTES);
  const sequences = Array.from({ length: 65 }, () => [1e3, 5e3]);
  let timeNs = 0xe8d4a51000;
  let written = 0;
  const add = (length, fill) => {
    const at = written % RING_BYTES;
    bytes.writeUInt32LE(length, at);
    fill(at + 8);
    const size = (length + 15) & -8;
    if (at + size > RING_BYTES) bytes.copy(bytes, 0, RING_BYTES, at + size);
    written += size;
    Atomics.store(position, 0, BigInt(written));
  };
  const piece$1 = (conn, direction, head, bodyBytes) => {
    const line = head.slice(0, head.indexOf('\n') + 1);
    const length = head.length + bodyBytes;
    const sequence = sequences[conn]?.[direction] ?? 0;
    add(piece.size + line.length, (at) => {
      timeNs += 1234;
      bytes.fill(0, at, at + piece.size);
      bytes.writeBigUInt64LE(BigInt(timeNs), at + piece.timeNs);
      bytes.writeBigUInt64LE(BigInt(conn), at + piece.conn);
      bytes.writeUInt32LE(kind.piece, at + piece.kind);
      bytes.writeUInt32LE(sequence >>> 0, at + piece.offset);
      bytes.writeUInt32LE(length, at + piece.len);
      bytes.writeUInt32LE(line.length, at + piece.cap);
      bytes.writeUInt32LE(head.length, at + piece.head);
      bytes.writeBigUInt64LE(BigInt(bodyBytes), at + piece.body);
      bytes.writeUInt32LE(4711, at + piece.pid);
      bytes.writeUInt16LE(direction, at + piece.direction);
      bytes.write('node', at + piece.comm.at, 'latin1');
      bytes.write(line, at + piece.size, 'latin1');
    });
    const both = sequences[conn];
    if (both) both[direction] = sequence + length;
  };
  return {
    ring,
    open: (conn) =>
      add(open.size, (at) => {
        bytes.fill(0, at, at + open.size);
        bytes.writeBigUInt64LE(BigInt(conn), at + open.conn);
        bytes.writeUInt32LE(kind.open, at + open.kind);
        bytes.writeUInt16LE(2, at + open.family);
      }),
    exchange: (conn) => {
      piece$1(conn, direction.received, REQUEST, 0);
      piece$1(conn, direction.sent, RESPONSE, 240);
    },
  };
}
// ci/bench/probe/tools.ts
/** The probe beside what one would reach for instead: requests seen of those made, and what it costs nginx. */
const FILTER = `tcp port ${NGINX_PORT}`;
const BPFTRACE = `tracepoint:syscalls:sys_enter_recvfrom { @at[tid] = args->ubuf; }
tracepoint:syscalls:sys_exit_recvfrom /@at[tid] && args->ret > 3/ {
  if (str(@at[tid], 5) == "GET ") { @seen = count(); } delete(@at[tid]); }
END { clear(@at); }`;
const TOOLS = [
  {
    name: 'tcpdump -w',
    package: 'tcpdump',
    command: (output) => ['tcpdump', '-i', 'lo', '-U', '-w', output, FILTER],
    count: (output) => countIn(execFileSync('tcpdump', ['-r', output, '-A', '-n'], READ), /GET \/ HTTP/g),
  },
  {
    name: 'tshark',
    package: 'tshark',
    command: () => [
      'tshark',
      '-i',
      'lo',
      '-l',
      '-f',
      FILTER,
      '-d',
      `tcp.port==${NGINX_PORT},http`,
      '-Y',
      'http.request',
      '-T',
      'fields',
      '-e',
      'http.request.uri',
    ],
    count: (_, printed) => countIn(printed, /^\/$/gm),
  },
  {
    name: 'ngrep',
    package: 'ngrep',
    command: () => ['ngrep', '-d', 'lo', '-l', '-q', '-W', 'byline', '^GET ', FILTER],
    count: (_, printed) => countIn(printed, /^GET /gm),
  },
  {
    name: 'httpry',
    package: 'httpry',
    command: (output) => ['httpry', '-i', 'lo', '-o', output, FILTER],
    count: (output) => countIn(readFileSync(output, 'utf8'), /\tGET\t/g),
  },
  {
    name: 'bpftrace',
    package: 'bpftrace',
    command: () => ['bpftrace', '-e', BPFTRACE],
    count: (_, printed) => Number(/@seen: (\d+)/.exec(printed)?.[1] ?? 0),
  },
];
const READ = {
  encoding: 'utf8',
  maxBuffer: 2 ** 31 - 1,
  stdio: 'pipe',
};
const START_MS = 4e3;
/** Prints one line for each tool that is installed, and how to install the others. */
async function compareTools(seconds) {
  await using nginx = await startNginx();
  await runWrk(nginx.url, 1, 20);
  await compareProbe(nginx, seconds);
  for (const tool of TOOLS) await compareTool(tool, nginx, seconds);
}
async function compareProbe(nginx, seconds) {
  const without = await cpuPerRequest(nginx, seconds);
  await using profiler = await startProfiler({});
  const traced = await cpuPerRequest(nginx, seconds);
  print('this probe', await countWhenStill(join(profiler.out, 'http-trace.txt')), traced, without);
}
/** The profiler may be behind on a busy machine: counts when four seconds have brought nothing new. */
async function countWhenStill(path) {
  for (let before = -1; ; ) {
    const seen = countIn(readFileSync(path, 'utf8'), / GET \/ /g);
    if (seen === before) return seen;
    before = seen;
    await setTimeout$1(4e3);
  }
}
async function compareTool(tool, nginx, seconds) {
  const [program = ''] = tool.command('');
  if (!isInstalled(program)) {
    console.log(`tools: ${tool.name} is not installed: apt-get install ${tool.package}`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-tool-'));
  const output = join(folder, 'output');
  const without = await cpuPerRequest(nginx, seconds);
  const [command = '', ...args] = tool.command(output);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = collect(child);
  await setTimeout$1(START_MS);
  const traced = await cpuPerRequest(nginx, seconds);
  await setTimeout$1(1e3);
  child.kill('SIGINT');
  if (child.exitCode === null) await once(child, 'exit');
  print(tool.name, tool.count(output, printed()), traced, without);
  rmSync(folder, { recursive: true });
}
async function cpuPerRequest(nginx, seconds) {
  const before = cpuNs(nginx.pid);
  const { requests } = await runWrk(nginx.url, seconds, 20);
  return {
    requests,
    us: (cpuNs(nginx.pid) - before) / requests / 1e3,
  };
}
/** wrk stops with requests under way, which it does not count: a little more than all may be seen. */
function print(name, seen, traced, without) {
  const share = ((100 * seen) / traced.requests).toFixed(1);
  const added = (traced.us - without.us).toFixed(2);
  console.log(
    `tools: ${name} saw ${seen} of ${traced.requests} (${share} %), nginx pays ${added} us more than ${without.us.toFixed(2)}`,
  );
}
function collect(child) {
  const parts = [];
  child.stdout?.on('data', (bytes) => parts.push(bytes));
  child.stderr?.on('data', (bytes) => parts.push(bytes));
  return () => Buffer.concat(parts).toString('latin1');
}
function isInstalled(program) {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], READ);
    return true;
  } catch {
    return false;
  }
}
function countIn(text, pattern) {
  return text.match(pattern)?.length ?? 0;
}
// ci/bench/probe/unrelated.ts
/** What a system call pays that has nothing to do with sockets. */
/** Prints the nanoseconds that each tier adds to getppid; a tier that the kernel refuses is said to be refused. */
async function measureUnrelated(pairs) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-getppid-'));
  const program = join(folder, 'getppid');
  execFileSync('cc', ['-O2', '-o', program, join(import.meta.dirname, 'getppid.c')]);
  const measure = () => Number(execFileSync(program, { encoding: 'utf8' }));
  for (const tier of ['A', 'B', 'C'])
    try {
      const added = [];
      let before = measure();
      for (let pair = 0; pair < pairs; pair++) {
        const on = await traced(tier, measure);
        const after = measure();
        added.push(on - (before + after) / 2);
        before = after;
      }
      console.log(`getppid: tier ${tier} adds ${median(added).toFixed(1)} ns to ${before.toFixed(1)} ns`);
    } catch (error) {
      console.log(
        `getppid: tier ${tier} is refused here: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
      );
    }
  rmSync(folder, { recursive: true });
}
async function traced(tier, measure) {
  await using _profiler = await startProfiler({ PROFILER_TIER: tier });
  return measure();
}
// ci/bench/probe/main.ts
/** Measures what the probe costs. Usage: jiti ci/bench/probe/main.ts [nginx|node|unrelated|drain|tools]…; needs root. */
const pairs = Number(process.env.PAIRS ?? 5);
const seconds = Number(process.env.SECONDS ?? 3);
/** The default filter: containers only, the server's end. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('PROFILER_')));
const PARTS = {
  nginx: () =>
    measureCost('nginx', {
      pairs,
      seconds,
      env,
    }),
  node: () =>
    measureCost('node', {
      pairs,
      seconds,
      env,
    }),
  unrelated: () => measureUnrelated(pairs),
  drain: () => measureDrain(),
  tools: () => compareTools(seconds),
};
const asked = process.argv.slice(2);
for (const part of asked.length === 0 ? Object.keys(PARTS) : asked) {
  const measure = PARTS[part];
  if (measure === void 0) throw new Error(`there is no part \`${part}\`; there are ${Object.keys(PARTS).join(', ')}`);
  await measure();
}
