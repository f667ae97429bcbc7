import { readFile } from "node:fs/promises";
import { parse } from "acorn";
import type { Plugin } from "esbuild";
import { exportedNames } from "./module-syntax.ts";

/** A file of a package that stays out of the script body although a bundled file asks for it. */
interface LeftOut {
  /** Package and path. */
  readonly file: string;
  readonly reason: string;
  /** The module in its place. Absent, for ES modules only: whatever the file exports throws when it is called. */
  readonly standIn?: string;
}

const leftOut: readonly LeftOut[] = [
  {
    file: "@octopusdeploy/api-client/dist/index.js",
    reason: "everything else the package has; we use its client",
    standIn: `exports.Client = require("./client.js").Client;`,
  },
  {
    file: "@octopusdeploy/api-client/dist/spaceResolver.js",
    reason: "the id of a space by its name, with all repositories of the package; we pass ids",
    standIn: `exports.resolveSpaceId = ${throwing("resolveSpaceId")};`,
  },
  {
    file: "@octopusdeploy/api-client/dist/octopusError.js",
    reason: "an error of the server; what is no success is rejected by our own interceptor before",
    standIn: `exports.OctopusError = ${throwing("OctopusError")};`,
  },
  {
    file: "@octopusdeploy/api-client/dist/subscriptionRecord.js",
    reason: "listeners to requests and answers; there are none",
    standIn: `exports.SubscriptionRecord = class {
      notifyAll() {}
      subscribe() { (${throwing("subscribe")})(); }
    };`,
  },
  {
    file: "urijs/src/URI.js",
    reason: "the api-client asks it only for the scheme and the host of the server's address",
    standIn: `module.exports = (address) => {
      const { protocol, host } = new URL(address);
      return { scheme: () => protocol.slice(0, -1), authority: () => host };
    };`,
  },
  {
    file: "urijs/src/URITemplate.js",
    reason: "address templates; our addresses are complete",
    standIn: `module.exports = function (address) {
      this.expand = () => /[{}]/.test(address) ? (${throwing("An address template")})() : address;
    };`,
  },
  {
    file: "form-data/lib/form_data.js",
    reason: "multipart forms, with every MIME type there is; we send JSON",
    standIn: `module.exports = ${throwing("form-data")};`,
  },
  {
    file: "follow-redirects/index.js",
    reason: "we never follow a redirect",
    standIn: `module.exports = { http: { request: ${throwing("follow-redirects")} }, https: { request: ${throwing("follow-redirects")} } };`,
  },
  {
    file: "debug/src/index.js",
    reason: "traces asked for by the environment variable DEBUG",
    standIn: "module.exports = () => Object.assign(() => {}, { enabled: false });",
  },
  { file: "axios/lib/adapters/xhr.js", reason: "for browsers", standIn: "export default false;" },
  { file: "axios/lib/helpers/HttpStatusCode.js", reason: "names of status codes", standIn: "export default {};" },
  { file: "axios/lib/cancel/CancelToken.js", reason: "the old way to cancel", standIn: "export default undefined;" },
  { file: "axios/lib/helpers/Http2Sessions.js", reason: "HTTP/2", standIn: "export default class {}" },
  {
    file: "axios/lib/helpers/validator.js",
    reason: "checks the options of callers; there is one caller, and the compiler checks it",
    standIn: "export default { assertOptions() {}, validators: { transitional() {}, spelling() {} } };",
  },
  { file: "axios/lib/helpers/progressEventReducer.js", reason: "progress" },
  { file: "axios/lib/adapters/fetch.js", reason: "axios prefers its adapter for Node.js" },
  { file: "axios/lib/helpers/AxiosTransformStream.js", reason: "progress and limits of transfer rates" },
  { file: "axios/lib/core/assertParamsAcyclic.js", reason: "params; our addresses have their query" },
  { file: "axios/lib/helpers/AxiosURLSearchParams.js", reason: "params" },
  { file: "axios/lib/helpers/readBlob.js", reason: "forms" },
  { file: "axios/lib/helpers/toURLEncodedForm.js", reason: "forms" },
  { file: "axios/lib/helpers/estimateDataURLDecodedBytes.js", reason: "data: addresses" },
  { file: "axios/lib/helpers/formDataToJSON.js", reason: "forms" },
  { file: "axios/lib/helpers/formDataToStream.js", reason: "forms" },
  { file: "axios/lib/helpers/fromDataURI.js", reason: "data: addresses" },
  { file: "axios/lib/helpers/toFormData.js", reason: "forms" },
];

/** Puts the stand-ins where the files would be, and takes axios from its single files, of which some can then be left out. */
export function leaveOut(): Plugin {
  return {
    name: "leave-out",
    setup(build) {
      // Both ways in, ours and the api-client's, lead to one instance. Its dist/ is made from the same files.
      build.onResolve({ filter: /^axios(\/dist\/node\/axios\.cjs)?$/ }, ({ resolveDir }) =>
        build.resolve("axios/unsafe/axios.js", { kind: "import-statement", resolveDir }),
      );
      build.onLoad({ filter: /./ }, async ({ path }) => {
        const entry = leftOut.find(({ file }) => isFile(path, file));
        return entry && { contents: entry.standIn ?? (await throwingModule(path, entry.file)), loader: "js" };
      });
    },
  };
}

/** Throws when no bundled file, of these paths, asks any more for something that is left out: its entry has to go. */
export function refuseStaleEntries(paths: readonly string[]): void {
  const stale = leftOut.filter(({ file }) => !paths.some((path) => isFile(path, file)));
  if (stale.length > 0)
    throw new Error(`Nothing asks for ${stale.map(({ file }) => file).join(", ")}, which left-out.ts leaves out.`);
}

/** Whether nothing but a stand-in of this file, given by its path, is in the bundle. */
export function isLeftOut(path: string): boolean {
  return leftOut.some(({ file }) => isFile(path, file));
}

function isFile(path: string, file: string): boolean {
  return path.endsWith(`node_modules/${file}`);
}

async function throwingModule(path: string, file: string): Promise<string> {
  const program = parse(await readFile(path, "utf8"), { ecmaVersion: 2022, sourceType: "module" });
  const names = exportedNames(program);
  const exports = names.map((name) =>
    name === "default"
      ? `export default ${throwing(file)};`
      : `export const ${name} = ${throwing(`${name} of ${file}`)};`,
  );
  return exports.join("\n");
}

function throwing(name: string): string {
  return `function () { throw new Error(${JSON.stringify(`${name} is not part of this step.`)}); }`;
}
