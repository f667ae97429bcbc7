import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";
import { Client } from "@octopusdeploy/api-client";
import axios from "axios/dist/node/axios.cjs";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { bundleProgram } from "../../scripts/build/bundle-program.ts";
import { filesLeftOut } from "../../scripts/build/left-out.ts";

/** What the program takes from its packages, as far as it matters here. */
interface Library {
  readonly axios: typeof axios;
  readonly Client: typeof Client;
}

const installed: Library = { axios, Client };
let code: string;

beforeAll(async () => {
  const library = `export { default as axios } from "axios/dist/node/axios.cjs";
export { Client } from "@octopusdeploy/api-client";`;
  ({ code } = await bundleProgram(fileURLToPath(new URL("../..", import.meta.url)), library));
});

/** As they are in the bundle, without what was left out. Evaluated anew each time, so that nothing carries over. */
function bundled(): Library {
  const { FormData } = globalThis;
  const module: { exports: Partial<Library> } = { exports: {} };
  compileFunction(code, ["module", "require"])(module, createRequire(import.meta.url));
  Object.assign(globalThis, { FormData });
  const { axios: ours, Client: client } = module.exports;
  if (ours === undefined || client === undefined) throw new Error("The bundle exports nothing.");
  return { axios: ours, Client: client };
}

/** A client whose requests all go through the library's axios and no further. */
async function connect(library: Library, instanceURL: string, seen: (string | undefined)[] = []) {
  const { adapter } = library.axios.defaults;
  onTestFinished(() => void Object.assign(library.axios.defaults, { adapter }));
  library.axios.defaults.adapter = async (config) => {
    seen.push(config.url);
    return { data: {}, status: 200, statusText: "", headers: {}, config };
  };
  return library.Client.create({ instanceURL, apiKey: "API-X", userAgentApp: "test" });
}

/** What a request ends with that nobody answers. */
async function endOf(config: object): Promise<unknown> {
  const post = { method: "POST", url: "http://127.0.0.1:9/", data: { a: 1 }, proxy: false, maxRedirects: 0 } as const;
  return await bundled()
    .axios.request({ ...post, ...config })
    .then(
      () => "an answer",
      (error: unknown) => (error instanceof Error ? error.message : error),
    );
}

/** The table: what becomes of it when somebody asks for a file that was left out, or why nobody can. */
const reached: Readonly<Record<string, string | (() => Promise<void>)>> = {
  "@octopusdeploy/api-client/dist/index.js": async () => {
    const seen: string[] = [];
    await connect(bundled(), "https://octopus.example", seen);
    expect(seen, "one axios, which our rules and the api-client share").toEqual(["https://octopus.example/api"]);
  },
  "@octopusdeploy/api-client/dist/spaceResolver.js": async () => {
    const client = await connect(bundled(), "https://octopus.example");
    await expect(client.request("~/api/x", { spaceName: "Default" })).rejects.toThrow("resolveSpaceId is not part");
  },
  "@octopusdeploy/api-client/dist/octopusError.js": async () => {
    const library = bundled();
    const client = await connect(library, "https://octopus.example");
    library.axios.defaults.adapter = async (config) => {
      const response = { data: {}, status: 500, statusText: "", headers: {}, config };
      throw new library.axios.AxiosError("no success", "ERR", config, {}, response);
    };
    await expect(client.request("~/api/x")).rejects.toThrow("no success");
  },
  "@octopusdeploy/api-client/dist/subscriptionRecord.js": async () => {
    const client = await connect(bundled(), "https://octopus.example");
    expect(() => client.subscribeToRequests("x", () => undefined)).toThrow("subscribe is not part of this step");
  },
  "urijs/src/URI.js": async () => {
    const client = await connect(bundled(), "https://octopus.example/octopus");
    expect(client.resolve("~/api/x")).toBe("https://octopus.example/octopus/api/x");
  },
  "urijs/src/URITemplate.js": async () => {
    const client = await connect(bundled(), "https://octopus.example");
    expect(() => client.resolve("~/api/x{?skip}", { skip: 1 })).toThrow("An address template is not part of this step");
  },
  "form-data/lib/form_data.js": async () => {
    expect(await endOf({ headers: { "Content-Type": "multipart/form-data" } })).toContain("form-data is not part");
  },
  "follow-redirects/index.js": async () => {
    expect(await endOf({ maxRedirects: 5 })).toContain("follow-redirects is not part of this step");
  },
  "debug/src/index.js": async () => {
    expect(await throughProxy()).toEqual(["octopus.example:443"]);
  },
  "axios/lib/adapters/xhr.js": async () => {
    expect(await endOf({ adapter: "xhr" })).toContain("is not supported by the environment");
  },
  "axios/lib/helpers/HttpStatusCode.js": async () => {
    expect(bundled().axios.HttpStatusCode).toEqual({});
  },
  "axios/lib/cancel/CancelToken.js": async () => {
    expect(bundled().axios.CancelToken).toBeUndefined();
  },
  "axios/lib/helpers/Http2Sessions.js": async () => {
    expect(await endOf({ httpVersion: 2 })).toContain("getSession is not a function");
  },
  "axios/lib/helpers/validator.js": async () => {
    expect(await endOf({ transitional: { silentJSONParsing: "odd" } })).toContain("ECONNREFUSED");
  },
  "axios/lib/helpers/buildURL.js": "params are refused before, by assertParamsAcyclic.js",
  "axios/lib/helpers/parseHeaders.js": () => {
    expect(() => new (bundled().axios.AxiosHeaders)("Accept: text/plain")).toThrow("is not part of this step");
    return Promise.resolve();
  },
  "axios/lib/core/buildFullPath.js": () => {
    expect(bundled().axios.getUri({ baseURL: "http://elsewhere.example", url: "/api" })).toBe("/api");
    return Promise.resolve();
  },
  "axios/lib/helpers/shouldBypassProxy.js": async () => {
    // It would be asked only where NO_PROXY does not name the server: then the proxy is used.
    expect(await throughProxy({ noProxy: "elsewhere.example" })).toEqual(["octopus.example:443"]);
    expect(await throughProxy({ noProxy: "octopus.example" })).toEqual([]);
  },
  "axios/lib/helpers/progressEventReducer.js": async () => {
    expect(await endOf({ onUploadProgress: () => undefined })).toContain("is not part of this step");
  },
  "axios/lib/adapters/fetch.js": async () => {
    expect(await endOf({ adapter: "fetch" })).toContain("axios/lib/adapters/fetch.js is not part");
  },
  "axios/lib/helpers/AxiosTransformStream.js": async () => {
    expect(await endOf({ maxRate: 5 })).toContain("is not part of this step");
  },
  "axios/lib/core/assertParamsAcyclic.js": async () => {
    expect(await endOf({ params: { a: 1 } })).toContain("axios/lib/core/assertParamsAcyclic.js is not part");
  },
  "axios/lib/helpers/readBlob.js": "only formDataToStream.js asks for it",
  "axios/lib/helpers/toURLEncodedForm.js": async () => {
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    expect(await endOf({ headers })).toContain("axios/lib/helpers/toURLEncodedForm.js is not part");
  },
  "axios/lib/helpers/estimateDataURLDecodedBytes.js": async () => {
    expect(await endOf({ method: "GET", url: "data:,x", maxContentLength: 5 })).toContain("is not part of this step");
  },
  "axios/lib/helpers/formDataToJSON.js": async () => {
    expect(() => bundled().axios.formToJSON(new FormData())).toThrow("axios/lib/helpers/formDataToJSON.js is not part");
  },
  "axios/lib/helpers/formDataToStream.js": async () => {
    const data = Object.assign(Object.create({ append: () => undefined }), {
      [Symbol.toStringTag]: "FormData",
      [Symbol.iterator]: () => [],
    });
    expect(await endOf({ data })).toContain("is not part of this step");
  },
  "axios/lib/helpers/fromDataURI.js": async () => {
    expect(await endOf({ method: "GET", url: "data:,x" })).toContain("is not part of this step");
  },
  "axios/lib/helpers/toFormData.js": async () => {
    expect(() => bundled().axios.toFormData({ a: 1 })).toThrow("axios/lib/helpers/toFormData.js is not part");
  },
};

async function throughProxy({ noProxy = "" } = {}): Promise<readonly (string | undefined)[]> {
  const asked: (string | undefined)[] = [];
  const proxy = createServer().on("connect", ({ url }, socket) => {
    asked.push(url);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const address = proxy.address();
  vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  vi.stubEnv("NO_PROXY", noProxy);
  const request = bundled().axios.get("https://octopus.example/api", { maxRedirects: 0 });
  await expect(request).rejects.toThrow(noProxy === "octopus.example" ? "octopus.example" : "403");
  vi.unstubAllEnvs();
  proxy.close();
  return asked;
}

describe("a file that is left out is not missed", () => {
  test("all of them stand in the table", () => {
    expect(Object.keys(reached)).toEqual(filesLeftOut);
  });

  test.each(Object.entries(reached).filter(([, how]) => typeof how === "function"))("%s", async (_, how) => {
    expect.hasAssertions();
    if (typeof how === "function") await how();
  });

  test.each(Object.entries(reached).filter(([, how]) => typeof how === "string"))(
    "%s: nothing can ask for it",
    (file, why) => {
      const stub = `${file.split("/").at(-1)} is not part`;
      expect(why).not.toBe("");
      expect(stub).toContain(".js");
    },
  );
});

test.each([
  ["a plain path", "https://octopus.example", "~/api/Spaces-1/projects"],
  ["a query", "http://octopus.example:8080", "~/api/x?skip=0&name=a%20b"],
  ["a trailing slash", "https://octopus.example/", "~/api/x?ids=A-1,B-2"],
  ["a virtual directory", "https://octopus.example/octopus/", "~/api/x"],
  ["an address with the API's path", "https://octopus.example/octopus/api", "~/api/x"],
  ["an address by number", "http://[::1]:8080/octopus", "~/api/x?a="],
  ["a link of the server's own", "https://octopus.example/octopus", "/octopus/api/x?skip=1"],
])("the bundle makes the same addresses as the installed api-client: %s", async (_, server, path) => {
  const [ours, theirs] = [await connect(bundled(), server), await connect(installed, server)];

  expect(ours.resolve(path)).toBe(theirs.resolve(path));
});

test("the bundle keeps the names of axios' errors", () => {
  expect(new (bundled().axios.AxiosError)("x").name).toBe("AxiosError");
});
