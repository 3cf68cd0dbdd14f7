/** A server of Node: `node node.mjs PORT LOG`. Logs each request as `METHOD TARGET STATUS`. */
import { openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, path] = process.argv.slice(2);
const log = openSync(path, 'a');

createServer((request, response) => {
  request.resume().once('end', () => {
    writeSync(log, `${request.method} ${request.url} 200\n`);
    response.end('a body');
  });
}).listen(Number(port), '127.0.0.1');
