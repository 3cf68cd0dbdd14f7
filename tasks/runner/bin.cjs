#!/usr/bin/env node
// Runs the bundle with V8's compiled code from earlier runs: compiling costs more than all the rest of the start.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const dist = path.join(__dirname, 'dist');
const loaded = new Map();
const toKeep = [];
/** Each run compiles what none before it has used; after so many there is little left. */
const mostRuns = 5;

if (fs.existsSync(path.join(dist, 'cli.cjs'))) load('cli.cjs').runCli((specifier) => import(specifier));
else {
  process.stderr.write('error: the runner is not built\nhint: run `npm ci` first\n');
  process.exitCode = 2;
}

/** One file of the bundle, which is in ASCII. Those that it loads come from here too, so that each has its compiled code. */
function load(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const file = path.join(dist, name);
  const { size, mtimeMs } = fs.statSync(file);
  const cache = `${name}-${process.version}-${process.arch}-${size}-${Math.trunc(mtimeMs)}.cache`;
  const { cachedData, runs } = readCache(path.join(dist, cache)) ?? readCache(besideHome(cache)) ?? { runs: 0 };
  const script = new vm.Script(fs.readFileSync(file, 'utf8'), { filename: file, cachedData });
  const isNew = cachedData === undefined || script.cachedDataRejected === true;
  if (isNew || runs < mostRuns) keepAtExit(() => writeCache(cache, script.createCachedData(), isNew ? 1 : runs + 1));
  const module = { exports: {} };
  loaded.set(name, module);
  const requireFrom = (specifier) => (specifier.startsWith('./') ? load(specifier.slice(2)) : require(specifier));
  script.runInThisContext()(module.exports, requireFrom, module, file, dist);
  return module.exports;
}

/** One listener for all parts: Node warns of many. */
function keepAtExit(keep) {
  if (toKeep.push(keep) > 1) return;
  process.once('exit', () => {
    for (const each of toKeep) each();
  });
}

/** For a package whose folder may not be written. Where HOME is empty there is none: code from the current folder may be anybody's. */
function besideHome(cache) {
  const home = require('node:os').homedir();
  return path.isAbsolute(home) ? path.join(home, '.cache', 'zx-tasks', cache) : undefined;
}

/**
 * V8 checks versions and lengths itself, but crashes on flipped bytes: hence all is there twice. To compare costs nothing,
 * while loading what computes a checksum costs a tenth of the start.
 */
function readCache(place) {
  try {
    const bytes = fs.readFileSync(place);
    const length = (bytes.length - 1) / 2;
    const cachedData = bytes.subarray(0, length);
    if (!cachedData.equals(bytes.subarray(length, 2 * length))) return undefined;
    return { cachedData, runs: bytes[2 * length] };
  } catch {
    return undefined;
  }
}

/** Where neither folder can be written, the start is only slower. */
function writeCache(cache, data, runs) {
  const bytes = Buffer.concat([data, data, Buffer.of(runs)]);
  if (!replace(path.join(dist, cache), bytes)) replace(besideHome(cache), bytes);
}

function replace(place, bytes) {
  if (place === undefined) return false;
  const temporary = `${place}.${process.pid}.tmp`;
  try {
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(temporary, bytes);
    fs.renameSync(temporary, place);
    return true;
  } catch {
    remove(temporary);
    return false;
  }
}

/** What a full disk has taken a part of. */
function remove(file) {
  try {
    fs.unlinkSync(file);
  } catch {
    // It was never made.
  }
}
