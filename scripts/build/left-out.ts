import { parse } from "node:path";
import * as esbuild from "esbuild";

/**
 * Files of packages, by package and path, that stay out of the program although a bundled file imports them, with the reason and the module that
 * replaces the file. A file without a replacement has to be an ES module; each of its exports then throws when it is called.
 */
const leftOut: Readonly<Record<string, readonly [reason: string, standIn?: string]>> = {
  "@octopusdeploy/api-client/dist/index.js": [
    "everything else the package has; we use its client",
    'exports.Client = require("./client.js").Client;',
  ],
  "@octopusdeploy/api-client/dist/spaceResolver.js": [
    "the id of a space by its name, with all repositories of the package; we pass ids",
    `exports.resolveSpaceId = ${throwing("resolveSpaceId")};`,
  ],
  "@octopusdeploy/api-client/dist/octopusError.js": [
    "details of a refusal; our interceptor rejects first. Throwing here would leave a request without an end",
    "exports.OctopusError = class extends Error { constructor(status, message) { super(message); } };",
  ],
  "@octopusdeploy/api-client/dist/subscriptionRecord.js": [
    "listeners to requests and answers; there are none",
    `exports.SubscriptionRecord = class { notifyAll() {} subscribe() { (${throwing("subscribe")})(); } };`,
  ],
  "urijs/src/URI.js": [
    "the api-client asks it only for the scheme and the host of the server's address",
    `module.exports = (address) => {
      const { protocol, host } = new URL(address);
      return { scheme: () => protocol.slice(0, -1), authority: () => host };
    };`,
  ],
  "urijs/src/URITemplate.js": [
    "address templates; our addresses are complete",
    `module.exports = function (address) {
      this.expand = () => /[{}]/.test(address) ? (${throwing("An address template")})() : address;
    };`,
  ],
  "follow-redirects/index.js": [
    "we never follow a redirect",
    `const request = ${throwing("follow-redirects")}; module.exports = { http: { request }, https: { request } };`,
  ],
  "debug/src/index.js": [
    "traces asked for by the environment variable DEBUG",
    "module.exports = () => Object.assign(() => {}, { enabled: false });",
  ],
  "axios/lib/adapters/adapters.js": [
    "the choice of an adapter; there is one, for Node.js",
    'import http from "./http.js"; export default { getAdapter: (one) => (typeof one === "function" ? one : http) };',
  ],
  "axios/lib/platform/index.js": [
    "what browsers and forms need; only the protocols are used in Node.js",
    'export default { classes: {}, protocols: ["http", "https", "file", "data"] };',
  ],
  "axios/lib/helpers/HttpStatusCode.js": ["names of status codes", "export default {};"],
  "axios/lib/cancel/CancelToken.js": ["the old way to cancel", "export default undefined;"],
  "axios/lib/helpers/Http2Sessions.js": ["HTTP/2", "export default class {}"],
  "axios/lib/helpers/validator.js": [
    "checks the options of callers; there is one caller, and the compiler checks it",
    "export default { assertOptions() {}, validators: { transitional() {}, spelling() {} } };",
  ],
  "axios/lib/helpers/buildURL.js": [
    "queries from params; our addresses are complete",
    `export default (address, params) => params ? (${throwing("params")})() : address;`,
  ],
  "axios/lib/helpers/parseHeaders.js": ["headers written as one text; ours are named one by one"],
  "axios/lib/core/buildFullPath.js": [
    "base addresses; our addresses are complete",
    "export default (base, address) => address;",
  ],
  "axios/lib/helpers/shouldBypassProxy.js": [
    "unusual spellings of addresses in NO_PROXY; proxy-from-env has read NO_PROXY before it is asked",
    "export default () => false;",
  ],
  "axios/lib/helpers/progressEventReducer.js": ["progress"],
  "axios/lib/helpers/AxiosTransformStream.js": ["progress and limits of transfer rates"],
  "axios/lib/core/assertParamsAcyclic.js": ["params; our addresses have their query"],
  "axios/lib/helpers/readBlob.js": ["forms"],
  "axios/lib/helpers/toURLEncodedForm.js": ["forms"],
  "axios/lib/helpers/estimateDataURLDecodedBytes.js": ["data: addresses"],
  "axios/lib/helpers/formDataToJSON.js": ["forms"],
  "axios/lib/helpers/formDataToStream.js": ["forms"],
  "axios/lib/helpers/fromDataURI.js": ["data: addresses"],
  "axios/lib/helpers/toFormData.js": ["forms"],
};

/** The files that are left out, by package and path. */
export const filesLeftOut: readonly string[] = Object.keys(leftOut);

/** Replaces the files by their stand-ins, and takes axios from its single files, some of which are left out. */
export function leaveOut(): esbuild.Plugin {
  return {
    name: "leave-out",
    setup(build) {
      // Our import and the api-client's get the same instance. axios' dist/ is built from the same files.
      build.onResolve({ filter: /^axios(\/dist\/node\/axios\.cjs)?$/ }, ({ resolveDir }) =>
        build.resolve("axios/unsafe/axios.js", { kind: "import-statement", resolveDir }),
      );
      build.onLoad({ filter: /./ }, async ({ path }) => {
        const file = filesLeftOut.find((each) => isFile(path, each));
        if (file === undefined) return undefined;
        return { contents: leftOut[file]?.[1] ?? (await throwingModule(path, file)), loader: "js" };
      });
    },
  };
}

/** Throws if no bundled file imports a file that is left out any more: its entry has to be removed. */
export function refuseStaleEntries(paths: readonly string[]): void {
  const stale = filesLeftOut.filter((file) => !paths.some((path) => isFile(path, file)));
  if (stale.length > 0) throw new Error(`Nothing asks for ${stale.join(", ")}, which left-out.ts leaves out.`);
}

/** Whether the bundle has only a stand-in of the file with this path. */
export function isLeftOut(path: string): boolean {
  return filesLeftOut.some((file) => isFile(path, file));
}

function isFile(path: string, file: string): boolean {
  return path.endsWith(`node_modules/${file}`);
}

async function throwingModule(path: string, file: string): Promise<string> {
  const { metafile } = await esbuild.build({ entryPoints: [path], format: "esm", write: false, metafile: true });
  const names = Object.values(metafile.outputs).flatMap((output) => output.exports);
  const line = (name: string) =>
    name === "default" ? `export default ${throwing(parse(file).name)};` : `export const ${name} = ${throwing(name)};`;
  return names.map(line).join("\n");
}

function throwing(name: string): string {
  return `function () { throw new Error(${JSON.stringify(`${name} was left out.`)}); }`;
}
