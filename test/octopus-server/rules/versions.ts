/** The version after the newest one: its last numeric part, one higher. */
export function nextVersion(newestFirst: readonly string[]): string {
  const newest = newestFirst[0];
  if (newest === undefined) return "0.0.1";
  const numbers = numbersOf(newest);
  return numbers.map((part, index) => (index === numbers.length - 1 ? part + 1 : part)).join(".");
}

/** Compares numeric parts as numbers; a pre-release comes before its release. */
export function compareVersions(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  const [preA, preB] = [preReleaseOf(a), preReleaseOf(b)];
  if (preA === preB) return 0;
  if (preA === "") return 1;
  return preB === "" ? -1 : preA.localeCompare(preB, "en", { numeric: true });
}

function numbersOf(version: string): readonly number[] {
  return /^v?(\d+(?:\.\d+)*)/i.exec(version)?.[1]?.split(".").map(Number) ?? [0, 0, 0];
}

function preReleaseOf(version: string): string {
  return /^v?[\d.]+-([^+]*)/i.exec(version)?.[1] ?? "";
}
