/** The version after the newest one: its last numeric part, one higher. */
export function nextVersion(newestFirst: readonly string[]): string {
  const newest = newestFirst[0];
  if (newest === undefined) return "0.0.1";
  const numbers = /^v?(\d+(?:\.\d+)*)/.exec(newest)?.[1]?.split(".").map(Number) ?? [0, 0, 0];
  return numbers.map((part, index) => (index === numbers.length - 1 ? part + 1 : part)).join(".");
}
