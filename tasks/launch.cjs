#!/usr/bin/env node
// The checkout's own `tasks`: npm links this file, so it is committed and works before anything is installed.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const runner = path.join(__dirname, 'runner');
const isBuilt = fs.existsSync(path.join(runner, 'dist', 'cli.cjs'));
const isInstalled = fs.existsSync(path.join(__dirname, '..', 'node_modules'));

if (isBuilt && isInstalled) {
  require(path.join(runner, 'bin.cjs'));
} else {
  process.stderr.write('error: this checkout is not set up\nhint: run `npm ci` first\n');
  process.exitCode = 2;
}
