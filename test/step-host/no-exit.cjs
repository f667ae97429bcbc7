"use strict";
// Preloaded into a Node.js process: tells on standard error that the program ended itself by `process.exit`, and ends it all the same.

const { exit } = process;
process.exit = (code) => {
  process.stderr.write("process.exit was called\n");
  return exit.call(process, code);
};
