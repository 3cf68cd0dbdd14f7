#!/usr/bin/env node
// The checkout's own `tasks`: npm links this file, so it is committed and works before anything is installed.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const root = path.dirname(__dirname);
const runner = path.join(__dirname, 'runner');
const isBuilt = fs.existsSync(path.join(runner, 'dist', 'cli.cjs'));
const isInstalled = fs.existsSync(path.join(root, 'node_modules'));

if (root.includes(path.delimiter)) {
  // It separates the folders of PATH and what is mounted from where: npm would find no program, and the engine no folder.
  refuse(`the path of this checkout has a \`${path.delimiter}\`: ${root}`, 'move it to a path without one');
} else if (isBuilt && isInstalled) {
  require(path.join(runner, 'bin.cjs'));
} else {
  refuse('this checkout is not set up', 'run `npm ci` first');
}

function refuse(error, hint) {
  process.stderr.write(`error: ${error}\nhint: ${hint}\n`);
  process.exitCode = 2;
}
