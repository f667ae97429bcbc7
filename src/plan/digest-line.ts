/** The line by which people, and later runs, recognise a plan. */
export function digestLine(digest: string, project: string, destination: string): string {
  return `Plan ${digest} (${project} to ${destination})`;
}

/** Digests of plans for a child that a text shows. */
export function digestsShown(text: string, project: string, destination: string): readonly string[] {
  const digests = [...text.matchAll(/Plan ([0-9a-f]{32}) \(/g)].map(([, digest = ""]) => digest);
  return digests.filter((digest) => text.includes(digestLine(digest, project, destination)));
}
