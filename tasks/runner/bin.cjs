#!/usr/bin/env node
// Runs dist/cli.cjs with V8's compiled code from an earlier run: compiling costs more than all the rest of the start.
'use strict';
const fs = require('node:fs');
const { createRequire } = require('node:module');
const os = require('node:os');
const path = require('node:path');
const vm = require('node:vm');
const zlib = require('node:zlib');

const bundle = path.join(__dirname, 'dist', 'cli.cjs');
const checksumBytes = 4;

if (fs.existsSync(bundle)) start();
else {
  process.stderr.write('error: the runner is not built\nhint: run `npm ci` first\n');
  process.exitCode = 2;
}

function start() {
  const stat = fs.statSync(bundle);
  const name = `cli-${process.version}-${process.arch}-${stat.size}-${Math.trunc(stat.mtimeMs)}.cache`;
  const places = [path.dirname(bundle), path.join(os.homedir(), '.cache', 'zx-tasks')].map((folder) =>
    path.join(folder, name),
  );
  const cachedData = places.map(readCache).find((data) => data !== undefined);
  const script = new vm.Script(
    `(function (exports, require, module, __filename, __dirname) {${fs.readFileSync(bundle, 'utf8')}\n})`,
    {
      filename: bundle,
      cachedData,
    },
  );
  const isFresh = cachedData !== undefined && script.cachedDataRejected === false;
  if (!isFresh) process.once('exit', () => places.some((place) => writeCache(place, script.createCachedData())));
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, path.dirname(bundle));
  module.exports.runCli((specifier) => import(specifier));
}

/** V8 checks versions and lengths itself, but crashes on flipped bytes: hence the checksum. */
function readCache(place) {
  try {
    const bytes = fs.readFileSync(place);
    const data = bytes.subarray(checksumBytes);
    return bytes.readUInt32LE(0) === zlib.crc32(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** False where the folder cannot be written; the next place is tried, and without any the start is only slower. */
function writeCache(place, data) {
  const checksum = Buffer.alloc(checksumBytes);
  checksum.writeUInt32LE(zlib.crc32(data));
  const temporary = `${place}.${process.pid}.tmp`;
  try {
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(temporary, Buffer.concat([checksum, data]));
    fs.renameSync(temporary, place);
    return true;
  } catch {
    return false;
  }
}
