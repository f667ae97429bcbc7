import { NotFoundError } from "../errors.ts";
import type { Channel, DeploymentTemplate, Id, Instant, Release } from "../model.ts";
import type { Page, SpaceGateway } from "../octopus/gateway.ts";
import type { ReleasePattern } from "../rules/release-pattern.ts";

/** Releases of one channel, each read once. Releases that may match the pattern are read in bulk, newest created first. */
export interface ReleaseCache {
  /** Reads the next page of releases that may match, if there is one. */
  readPage(): Promise<void>;
  /** Releases read in bulk so far that match, newest created first. */
  matching(): readonly Release[];
  /** All releases read in bulk so far, newest created first. */
  inOrderOfCreation(): readonly Release[];
  /** Further pages would not change which releases are known to match. */
  isExhausted(): boolean;
  /** No page of releases remains unread. */
  isReadToTheEnd(): boolean;
  /** Whether a release of the channel matches the pattern; reads pages until that is known. */
  matches(id: Id<"Release">): Promise<boolean>;
  /** Creation of the oldest release that matches, infinity when none does. `undefined` means not known, or there is no pattern. */
  oldestMatch(): Instant | undefined;
  /** Reads the release unless it is known. Throws `NotFoundError` when the server does not show it. */
  release(id: Id<"Release">): Promise<Release>;
  /** The release, if it was read already. */
  known(id: Id<"Release">): Release | undefined;
  /** Adds releases that came with another answer. */
  add(releases: readonly Release[]): void;
  /** Where the server would let the release go now, asked once; `undefined` when there is no such release. */
  template(id: Id<"Release">): Promise<DeploymentTemplate | undefined>;
}

// Large enough to find a pattern's releases in few requests, but not larger, because releases carry build information.
const bulkPageSize = 100;

/** @param channel absent means that releases are only read one by one */
export function openReleaseCache(
  space: SpaceGateway,
  channel: Channel | undefined,
  pattern: ReleasePattern,
): ReleaseCache {
  const read = new Map<Id<"Release">, Release>();
  const pending = new Map<Id<"Release">, Promise<Release>>();
  const templates = new Map<Id<"Release">, Promise<DeploymentTemplate | undefined>>();
  const inBulk = new Map<Id<"Release">, Release>();
  let pages: AsyncIterator<Page<Release>> | undefined;
  let exhausted = channel === undefined;

  const cache: ReleaseCache = {
    async readPage() {
      if (exhausted || channel === undefined) return;
      pages ??= space.releasesOfChannel(channel.id, searchFor(pattern))[Symbol.asyncIterator]();
      const next = await pages.next();
      const { items, isLast } = next.done === true ? { items: [], isLast: true } : next.value;
      for (const release of items) inBulk.set(release.id, release);
      cache.add(items);
      exhausted = isLast;
    },
    matching: () => [...inBulk.values()].filter(({ version }) => pattern.matches(version)),
    inOrderOfCreation: () => [...inBulk.values()],
    isReadToTheEnd: () => exhausted,
    isExhausted: () => exhausted || pattern.text === "",
    async matches(id) {
      if (pattern.text === "") return true;
      while (!read.has(id) && !cache.isReadToTheEnd()) await cache.readPage();
      const release = read.get(id);
      return release !== undefined && pattern.matches(release.version);
    },
    oldestMatch: () =>
      exhausted && pattern.text !== "" ? Math.min(...cache.matching().map((each) => each.assembled)) : undefined,
    async release(id) {
      const known = read.get(id);
      if (known !== undefined) return known;
      const reading = pending.get(id) ?? readRelease(space, id);
      pending.set(id, reading);
      const release = await reading;
      read.set(id, release);
      return release;
    },
    known: (id) => read.get(id),
    add(releases) {
      for (const release of releases) read.set(release.id, release);
    },
    async template(id) {
      const asked = templates.get(id) ?? space.deploymentTemplate(id);
      templates.set(id, asked);
      return await asked;
    },
  };
  return cache;
}

function searchFor(pattern: ReleasePattern) {
  const versionContains = pattern.literalPrefix;
  return versionContains === "" ? { pageSize: bulkPageSize } : { versionContains, pageSize: bulkPageSize };
}

async function readRelease(space: SpaceGateway, id: Id<"Release">): Promise<Release> {
  const release = await space.release(id);
  if (release !== undefined) return release;
  throw new NotFoundError(
    `The release ${id} was deployed but cannot be read: it was deleted, or the API key lacks ReleaseView.`,
    "Give the service account ReleaseView for the child project.",
  );
}
