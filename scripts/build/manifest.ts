import * as z from "zod";

/** The fields of `package.json` about the product. */
export interface Manifest {
  readonly version: string;
  /** Web address of the sources. Absent while they are not public. */
  readonly repository: string | undefined;
  readonly stepTemplate: TemplateEdition;
}

/** The edition of the step template, which `npm run release` raises. */
export interface TemplateEdition {
  /** Servers notice a change only if this number rises. */
  readonly version: number;
  /** When the edition was released. A build must not change the date. */
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
      `package.json: the repository "${url}" is not an address for a browser, such as https://example.com/x.`,
    );
  }
  return address;
}
