// Loaded first by every npm script that runs for a while: the script ends when whoever started it has ended.
// npm passes SIGTERM on to the shell in between, and that shell ends without a word to this process.
const parent = process.ppid;

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGTERM");
}, 200).unref();
