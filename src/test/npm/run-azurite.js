'use strict';
// node run-azurite.js <azurite's main.js> <folder> [options of Azurite]
//
// Runs Azurite for as long as somebody holds the other end of stdin, so that it ends with its parent however that ends,
// a kill -9 included. A parent that writes "keep" first finds the folder as it was; otherwise the folder is deleted.
const fs = require('node:fs');

const [node, , main, folder, ...options] = process.argv;
let keep = false;

process.on('exit', () => keep || fs.rmSync(folder, { recursive: true, force: true }));

// Ctrl-C in a terminal reaches the whole process group; the application still needs its storage to stop in order.
const once = process.once;
process.once = function (event, listener) {
  return event === 'SIGINT' ? this : once.call(this, event, listener);
};
process.on('SIGINT', () => {});

// Azurite's own end waits for every open connection; its data is on disk when it says "closed".
const log = console.log;
console.log = (...words) => {
  log(...words);
  if (String(words[0]).endsWith('successfully closed')) process.exit(0);
};

process.stdin.on('data', (data) => (keep = data.includes('keep')));
process.stdin.on('error', () => process.emit('message', 'shutdown') || process.exit(0));
process.stdin.on('end', () => process.emit('message', 'shutdown') || process.exit(0));

process.argv = [node, main, '--location', folder, ...options];
require(main);
