import { readFile } from "node:fs/promises";
import { parse } from "node:path";
import * as esbuild from "esbuild";

/** The codes of axios' own errors that its bundled files give. */
const axiosCodes =
  "ERR_BAD_RESPONSE ERR_CANCELED ERR_BAD_REQUEST ERR_BAD_OPTION_VALUE ERR_BAD_OPTION ETIMEDOUT ECONNABORTED ERR_NOT_SUPPORT";

/**
 * Files of packages, by package and path, that stay out of the program although a bundled file asks for them; why, and the module in the
 * file's place. Without one, for ES modules only, whatever the file exports throws when it is called.
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
    "details of a refusal; our interceptor rejects before. To throw here would leave a request without an end",
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
  "agent-base/dist/src/index.js": [
    "agents for any protocol, with callbacks, since Node.js 6; ours tunnels https",
    `exports.Agent = class extends require("events") {
      protocol = "https:";
      defaultPort = 443;
      addRequest(request, { path, agent, hostname, _defaultAgent, defaultPort, createConnection, ...options }) {
        request.shouldKeepAlive = false;
        this.callback(request, { ...options, port: Number(options.port ?? 443), secureEndpoint: true }).then(
          (socket) => request.onSocket(socket.once("free", () => socket.destroy())),
          (error) => request.destroy(error),
        );
      }
      destroy() {}
    };`,
  ],
  "debug/src/index.js": [
    "traces asked for by the environment variable DEBUG",
    "module.exports = () => Object.assign(() => {}, { enabled: false });",
  ],
  "axios/lib/axios.js": [
    "everything else the package has; we and the api-client use one instance",
    `import Axios from "./core/Axios.js";
    import defaults from "./defaults/index.js";
    import isAxiosError from "./helpers/isAxiosError.js";
    export default Object.assign(new Axios(defaults), { isAxiosError });`,
  ],
  "axios/lib/adapters/adapters.js": [
    "the choice of an adapter; there is one, for Node.js",
    'import http from "./http.js"; export default { getAdapter: (one) => (typeof one === "function" ? one : http) };',
  ],
  "axios/lib/platform/index.js": [
    "what browsers and forms need; in Node.js, the protocols are left",
    'export default { classes: {}, protocols: ["http", "https", "file", "data"] };',
  ],
  "axios/lib/helpers/Http2Sessions.js": ["HTTP/2", "export default class {}"],
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
  "axios/lib/defaults/index.js": [
    "forms, files and streams as bodies; ours are JSON",
    `import transitional from "./transitional.js";
    export default {
      transitional,
      transformRequest: [(data, headers) => {
        if (typeof data !== "object") return data;
        headers.setContentType("application/json", false);
        return JSON.stringify(data);
      }],
      transformResponse: [(text) => { try { return JSON.parse(text); } catch { return text; } }],
      timeout: 0,
      maxContentLength: -1,
      maxBodyLength: -1,
      validateStatus: (status) => status >= 200 && status < 300,
      headers: { common: { Accept: "application/json, text/plain, */*" } },
    };`,
  ],
  "axios/lib/core/Axios.js": [
    "rules for each option there may be, and interceptors that go away again; ours stay, and options are given once",
    `import AxiosHeaders from "./AxiosHeaders.js";
    import dispatchRequest from "./dispatchRequest.js";
    class Interceptors extends Array {
      use(fulfilled, rejected) { this.push([fulfilled, rejected]); }
    }
    export default class {
      interceptors = { request: new Interceptors(), response: new Interceptors() };
      constructor(defaults) { this.defaults = defaults; }
      request(options) {
        const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
        const headers = AxiosHeaders.concat(this.defaults.headers.common, given.headers);
        const config = { ...this.defaults, ...given, method: (given.method ?? "get").toLowerCase(), headers };
        const { request, response } = this.interceptors;
        const steps = [...[...request].reverse(), [dispatchRequest], ...response];
        return steps.reduce((before, step) => before.then(...step), Promise.resolve(config));
      }
    }`,
  ],
  "axios/lib/core/AxiosError.js": [
    "an error as JSON or as text with all of its causes; ours are read by their properties and never printed",
    `export default class AxiosError extends Error {
      constructor(message, code, config, request, response) {
        super(message);
        Object.assign(this, { name: "AxiosError", isAxiosError: true, code, config, request, response });
      }
      static from(error, code, ...others) {
        const own = new AxiosError(error.message, code || error.code, ...others);
        return Object.assign(own, { name: error.name, cause: error });
      }
    }
    for (const code of "${axiosCodes}".split(" ")) AxiosError[code] = code;
    export const getCauseStackIndex = () => -1;`,
  ],
  "axios/lib/helpers/progressEventReducer.js": ["progress"],
  "axios/lib/helpers/AxiosTransformStream.js": ["progress and limits of transfer rates"],
  "axios/lib/helpers/readBlob.js": ["forms"],
  "axios/lib/helpers/estimateDataURLDecodedBytes.js": ["data: addresses"],
  "axios/lib/helpers/formDataToStream.js": ["forms"],
  "axios/lib/helpers/fromDataURI.js": ["data: addresses"],
};

/** Helpers that axios collects in one object, which is why the bundler cannot see that no bundled file asks for them. */
const collection = "axios/lib/utils.js";
const helpersLeftOut =
  `isNumber isBoolean isEmptyObject isRequest isHeaders isDate isReactNative isReactNativeBlob isTypedArray inherits
  toFlatObject kindOfTest endsWith toArray forEachEntry matchAll hasOwnInPrototypeChain toObjectSet global isContextDefined extend setImmediate
  isIterable toJSONObject isBuffer isArrayBufferView isReadableStream isResponse isURLSearchParams isFileList trim isHTMLForm`.split(
    /\s+/,
  );

/** All that is left out, by package and path. */
export const filesLeftOut: readonly string[] = Object.keys(leftOut);

/** Puts the stand-ins where the files would be, and takes axios from its single files, of which some can then be left out. */
export function leaveOut(): esbuild.Plugin {
  return {
    name: "leave-out",
    setup(build) {
      // Both ways in, ours and the api-client's, lead to one instance. Its dist/ is made from the same files.
      build.onResolve({ filter: /^axios(\/dist\/node\/axios\.cjs)?$/ }, ({ resolveDir }) =>
        build.resolve("axios/unsafe/axios.js", { kind: "import-statement", resolveDir }),
      );
      build.onLoad({ filter: /./ }, async ({ path }) => {
        if (isFile(path, collection)) return { contents: await withoutHelpers(path), loader: "js" };
        const file = filesLeftOut.find((each) => isFile(path, each));
        if (file === undefined) return path.includes("/axios/lib/") ? await refuseMissing(path) : undefined;
        return { contents: leftOut[file]?.[1] ?? (await throwingModule(path, file)), loader: "js" };
      });
    },
  };
}

/** Throws when no bundled file, of these paths, asks any more for something that is left out: its entry has to go. */
export function refuseStaleEntries(paths: readonly string[]): void {
  const stale = filesLeftOut.filter((file) => !paths.some((path) => isFile(path, file)));
  if (stale.length > 0) throw new Error(`Nothing asks for ${stale.join(", ")}, which left-out.ts leaves out.`);
}

/** Whether nothing but a stand-in of this file, given by its path, is in the bundle. */
export function isLeftOut(path: string): boolean {
  return filesLeftOut.some((file) => isFile(path, file));
}

function isFile(path: string, file: string): boolean {
  return path.endsWith(`node_modules/${file}`);
}

/** Throws when a bundled file of axios asks for a helper or a code that is left out. */
async function refuseMissing(path: string): Promise<undefined> {
  for (const [asked, of, name = ""] of (await readFile(path, "utf8")).matchAll(/\b(utils|AxiosError)\.(\w+)/g)) {
    const isMissing =
      of === "utils" ? helpersLeftOut.includes(name) : /^E[A-Z]/.test(name) && !axiosCodes.split(" ").includes(name);
    if (isMissing) throw new Error(`${path} asks for ${asked}, which left-out.ts leaves out.`);
  }
}

async function withoutHelpers(path: string): Promise<string> {
  const [code = "", collected = ""] = (await readFile(path, "utf8")).split(/(?=^export default \{)/m);
  const lines = collected.split("\n").filter((line) => !helpersLeftOut.includes(/^ *(\w+)/.exec(line)?.[1] ?? ""));
  return code + lines.join("\n");
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
