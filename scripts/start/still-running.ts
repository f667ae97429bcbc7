/** Deployments that a task log began and did not end, each with the address that the log links: they go on without the step. */
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
// What went wrong with one of several children is told when all have ended.
const ended = /^(.+: )(?:Failed|Timed out|Cancelled)\.$/;
