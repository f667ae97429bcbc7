/** Deployments that are still running without the step: a task log tells of their beginning and not of their end. Each with its address. */
export function stillRunning(log: readonly string[]): readonly string[] {
  const running = new Map<string, string>();
  for (const line of log) {
    const [, prefix = "", what = "", id, url] = begun.exec(line) ?? [];
    // The log of several children names each at the beginning of its lines, and perhaps not once more.
    const child = prefix.replace(": ", "");
    const named = what.startsWith(child) ? what : `${child} ${what}`;
    if (what !== "") running.set(`${prefix}The deployment of ${what} `, `${id}: ${named}, ${url}`);
    const [, failed] = ended.exec(line) ?? [];
    const end = [...running.keys()].find((words) => line.startsWith(words) || (failed && words.startsWith(failed)));
    if (end !== undefined) running.delete(end);
  }
  return [...running.values()];
}

const begun = /^(.+: )?(?:Created|Continuing with) the deployment of (.+): \[(Deployments-\d+)\]\((.+)\)$/;
// The log says why one of several children failed only when all have ended.
const ended = /^(.+: )(?:Failed|Timed out|Cancelled)\.$/;
