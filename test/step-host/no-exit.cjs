"use strict";
// Preloaded into a Node.js process: reports a call of `process.exit` on standard error before the process ends.

const { exit } = process;
process.exit = (code) => {
  process.stderr.write("process.exit was called\n");
  return exit.call(process, code);
};
