import * as z from "zod";

/** What `package.json` says about the product. */
export interface Manifest {
  readonly version: string;
  /** Where a browser finds the sources; absent while they have no public place. */
  readonly repository: string | undefined;
  readonly stepTemplate: TemplateEdition;
}

/** What distinguishes this edition of the step template from earlier ones. `npm run release` raises it. */
export interface TemplateEdition {
  /** Servers take notice of a change only when this number rises. */
  readonly version: number;
  /** When the edition was made, not when it was built: a build must not change it. */
  readonly exportedAt: string;
  readonly lastModifiedBy: string;
}

const Repository = z.union([z.string(), z.object({ url: z.string() }).transform(({ url }) => url)]);

const File = z.object({
  version: z.string(),
  repository: Repository.optional().transform((url) => (url === undefined ? undefined : addressOf(url))),
  stepTemplate: z.object({ version: z.int(), exportedAt: z.iso.datetime(), lastModifiedBy: z.string() }),
});

/** @param text of `package.json` */
export function readManifest(text: string): Manifest {
  return File.parse(JSON.parse(text));
}

function addressOf(url: string): string {
  const address = url.replace(/^git\+/, "").replace(/\.git$/, "");
  if (!/^https:\/\/[\w./~-]+$/.test(address)) {
    throw new Error(
      `package.json: the repository "${url}" is no address for a browser, such as https://example.com/x.`,
    );
  }
  return address;
}
