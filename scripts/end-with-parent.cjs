// Loaded first by every npm script that runs for a while: ends the script when its parent process has ended. npm passes SIGTERM only to
// the shell in between, and that shell ends without a signal to this process.
const parent = process.ppid;

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGTERM");
}, 200).unref();
