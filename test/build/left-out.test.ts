import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Agent, createServer as createSecureServer } from "node:https";
import { createRequire } from "node:module";
import { connect as connectTo, type Server as NetServer } from "node:net";
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

/** The packages in the bundle, without the files that were left out. Evaluated anew each time, so that no state carries over. */
function bundled(): Library {
  const { FormData } = globalThis;
  const module: { exports: Partial<Library> } = { exports: {} };
  compileFunction(code, ["module", "require"])(module, createRequire(import.meta.url));
  Object.assign(globalThis, { FormData });
  const { axios: ours, Client: client } = module.exports;
  if (ours === undefined || client === undefined) throw new Error("The bundle exports nothing.");
  return { axios: ours, Client: client };
}

/** A client whose requests end in the library's axios. */
async function connect(library: Library, instanceURL: string, seen: (string | undefined)[] = []) {
  const { adapter } = library.axios.defaults;
  onTestFinished(() => void Object.assign(library.axios.defaults, { adapter }));
  library.axios.defaults.adapter = async (config) => {
    seen.push(config.url);
    return { data: {}, status: 200, statusText: "", headers: {}, config };
  };
  return library.Client.create({ instanceURL, apiKey: "API-X", userAgentApp: "test" });
}

/** The error message of a request that gets no answer. */
async function endOf(config: object): Promise<unknown> {
  const post = { method: "POST", url: "http://127.0.0.1:9/", data: { a: 1 }, proxy: false, maxRedirects: 0 } as const;
  return await bundled()
    .axios.request({ ...post, ...config })
    .then(
      () => "an answer",
      (error: unknown) => (error instanceof Error ? error.message : error),
    );
}

/** For each file that was left out: what happens when code uses the file, or why no code can. */
const reached: Readonly<Record<string, string | (() => Promise<void>)>> = {
  "@octopusdeploy/api-client/dist/index.js": async () => {
    const seen: string[] = [];
    await connect(bundled(), "https://octopus.example", seen);
    expect(seen, "one axios, which our rules and the api-client share").toEqual(["https://octopus.example/api"]);
  },
  "@octopusdeploy/api-client/dist/spaceResolver.js": async () => {
    const client = await connect(bundled(), "https://octopus.example");
    await expect(client.request("~/api/x", { spaceName: "Default" })).rejects.toThrow("resolveSpaceId was left out");
  },
  "@octopusdeploy/api-client/dist/octopusError.js": async () => {
    const library = bundled();
    const client = await connect(library, "https://octopus.example");
    library.axios.defaults.adapter = async (config) => {
      const response = { data: {}, status: 500, statusText: "", headers: {}, config };
      throw Object.assign(new Error("no success"), { isAxiosError: true, config, response });
    };
    await expect(client.request("~/api/x")).rejects.toThrow("no success");
  },
  "@octopusdeploy/api-client/dist/subscriptionRecord.js": async () => {
    const client = await connect(bundled(), "https://octopus.example");
    expect(() => client.subscribeToRequests("x", () => undefined)).toThrow("subscribe was left out");
  },
  "urijs/src/URI.js": async () => {
    const client = await connect(bundled(), "https://octopus.example/octopus");
    expect(client.resolve("~/api/x")).toBe("https://octopus.example/octopus/api/x");
  },
  "urijs/src/URITemplate.js": async () => {
    const client = await connect(bundled(), "https://octopus.example");
    expect(() => client.resolve("~/api/x{?skip}", { skip: 1 })).toThrow("An address template was left out");
  },
  "follow-redirects/index.js": async () => {
    expect(await endOf({ maxRedirects: 5 })).toContain("follow-redirects was left out");
  },
  "debug/src/index.js": async () => {
    expect(await throughProxy()).toEqual(["octopus.example:443"]);
  },
  "axios/lib/adapters/adapters.js": async () => {
    expect(await endOf({ adapter: "xhr" }), "the adapter for Node.js answers").toContain("ECONNREFUSED");
  },
  "axios/lib/platform/index.js": async () => {
    expect(await endOf({ url: "ftp://127.0.0.1/" })).toBe("Unsupported protocol ftp:");
  },
  "axios/lib/helpers/HttpStatusCode.js": () => {
    expect(bundled().axios.HttpStatusCode).toEqual({});
    return Promise.resolve();
  },
  "axios/lib/cancel/CancelToken.js": () => {
    expect(bundled().axios.CancelToken).toBeUndefined();
    return Promise.resolve();
  },
  "axios/lib/helpers/Http2Sessions.js": async () => {
    expect(await endOf({ httpVersion: 2 })).toContain("getSession is not a function");
  },
  "axios/lib/helpers/validator.js": async () => {
    expect(await endOf({ transitional: { silentJSONParsing: "odd" } })).toContain("ECONNREFUSED");
  },
  "axios/lib/helpers/buildURL.js": "params are refused before, by assertParamsAcyclic.js",
  "axios/lib/helpers/parseHeaders.js": async () => {
    const adapter = async (config: object) => ({ data: {}, status: 200, statusText: "", headers: "a: b", config });
    expect(await endOf({ adapter })).toContain("parseHeaders was left out");
  },
  "axios/lib/core/buildFullPath.js": async () => {
    const baseURL = "http://elsewhere.example/x/";
    expect(await endOf({ baseURL }), "the address is complete").toContain("ECONNREFUSED 127.0.0.1:9");
  },
  "axios/lib/helpers/shouldBypassProxy.js": async () => {
    // The program asks this file only when NO_PROXY does not name the server: then it uses the proxy.
    expect(await throughProxy({ noProxy: "elsewhere.example" })).toEqual(["octopus.example:443"]);
    expect(await throughProxy({ noProxy: "octopus.example" })).toEqual([]);
  },
  "axios/lib/helpers/progressEventReducer.js": async () => {
    expect(await endOf({ onUploadProgress: () => undefined })).toContain("was left out");
  },
  "axios/lib/helpers/AxiosTransformStream.js": async () => {
    expect(await endOf({ maxRate: 5 })).toContain("was left out");
  },
  "axios/lib/core/assertParamsAcyclic.js": async () => {
    expect(await endOf({ params: { a: 1 } })).toContain("assertParamsAcyclic was left out");
  },
  "axios/lib/helpers/readBlob.js": "only formDataToStream.js asks for it",
  "axios/lib/helpers/toURLEncodedForm.js": async () => {
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    expect(await endOf({ headers })).toContain("toURLEncodedForm was left out");
  },
  "axios/lib/helpers/estimateDataURLDecodedBytes.js": async () => {
    expect(await endOf({ method: "GET", url: "data:,x", maxContentLength: 5 })).toContain("was left out");
  },
  "axios/lib/helpers/formDataToJSON.js": () => {
    expect(() => bundled().axios.formToJSON(new FormData())).toThrow("formDataToJSON was left out");
    return Promise.resolve();
  },
  "axios/lib/helpers/formDataToStream.js": async () => {
    expect(await endOf({ data: form(), transformRequest: [] })).toContain("was left out");
  },
  "axios/lib/helpers/fromDataURI.js": async () => {
    expect(await endOf({ method: "GET", url: "data:,x" })).toContain("was left out");
  },
  "axios/lib/helpers/toFormData.js": () => {
    expect(() => bundled().axios.toFormData({ a: 1 })).toThrow("toFormData was left out");
    return Promise.resolve();
  },
};

/** An object that axios takes for a form. */
function form(): object {
  return Object.assign(Object.create({ append: () => undefined }), {
    [Symbol.toStringTag]: "FormData",
    [Symbol.iterator]: () => [],
  });
}

/** Answers a status as axios' own adapter does. */
function refusing(status: number) {
  return async (config: object) => {
    const response = { data: {}, status, statusText: "", headers: {}, config };
    throw Object.assign(new Error(`status ${status}`), { isAxiosError: true, config, response });
  };
}

/** The facts that the gateway reads from an error. */
async function factsOfError({ axios: library }: Library, config: object): Promise<unknown> {
  const error: unknown = await library.request({ maxRedirects: 0, ...config }).catch((thrown: unknown) => thrown);
  if (!library.isAxiosError(error)) throw new Error("The error is not one of axios.");
  const { name, message, isAxiosError, response, request, cause } = error;
  const { code: causeCode, syscall }: Partial<NodeJS.ErrnoException> = cause ?? {};
  return {
    name,
    message,
    code: error.code,
    isAxiosError,
    status: response?.status,
    asked: request !== undefined,
    causeCode,
    syscall,
  };
}

async function orderOfInterceptors({ axios: library }: Library): Promise<readonly string[]> {
  const order: string[] = [];
  const { request, response } = library.interceptors;
  const pass =
    <T>(name: string) =>
    (value: T) => {
      order.push(name);
      return value;
    };
  const kept = [request.use(pass("request 1")), request.use(pass("request 2"))];
  const answers = [response.use(pass("answer 1")), response.use(pass("answer 2"))];
  await library.request({
    adapter: async (config) => ({ data: {}, status: 200, statusText: "", headers: {}, config }),
  });
  if (library === installed.axios) {
    for (const id of kept) request.eject(id);
    for (const id of answers) response.eject(id);
  }
  return order;
}

/** The answer of a server with TLS behind a proxy. The certificate is checked. */
async function answerThroughTunnel({ axios: library }: Library): Promise<unknown> {
  const [key, cert] = ["key", "cert"].map((name) =>
    readFileSync(new URL(`../octopus/self-signed/${name}.pem`, import.meta.url), "utf8"),
  );
  const server = createSecureServer({ key, cert }, ({ url, headers: { connection } }, response) => {
    response.setHeader("Content-Type", "application/json").end(JSON.stringify({ path: url, connection }));
  });
  const proxy = createServer().on("connect", ({ url = "" }, client) => {
    const [host, port] = url.split(":");
    const socket = connectTo(Number(port), host, () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(client).pipe(socket);
    });
  });
  const [port, proxyPort] = [await listen(server), await listen(proxy)];
  vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${proxyPort}`);
  vi.stubEnv("NO_PROXY", "");
  const httpsAgent = new Agent({ ca: cert });
  const { data, status } = await library.request({ url: `https://127.0.0.1:${port}/api`, maxRedirects: 0, httpsAgent });
  vi.unstubAllEnvs();
  server.close();
  proxy.close();
  return { data, status };
}

async function listen(server: NetServer): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  return address !== null && typeof address === "object" ? address.port : 0;
}

/** What axios reads from an answer with this text. */
async function readBy({ axios: library }: Library, text: string): Promise<unknown> {
  const answer = await library.request({
    responseType: "json",
    adapter: async (config) => ({ data: text, status: 200, statusText: "", headers: {}, config }),
  });
  return answer.data;
}

/** The configuration of a request as the adapter gets it. */
async function handedOver({ axios: library }: Library, asked: object): Promise<unknown> {
  let seen: unknown;
  await library.request({
    ...asked,
    adapter: async (config) => {
      const { url, method, headers, data, timeout, responseType, maxContentLength, maxBodyLength } = config;
      seen = {
        url,
        method,
        headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
        data: String(data),
        timeout,
        responseType,
        maxContentLength,
        maxBodyLength,
      };
      return { data: {}, status: 200, statusText: "", headers: {}, config };
    },
  });
  return seen;
}

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
  const request = bundled().axios.request({ url: "https://octopus.example/api", maxRedirects: 0 });
  await expect(request).rejects.toThrow(noProxy === "octopus.example" ? "octopus.example" : "403");
  vi.unstubAllEnvs();
  proxy.close();
  return asked;
}

describe("no file that is left out is missed", () => {
  test("the table has all of them", () => {
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

test("the bundle keeps the names of axios' errors", async () => {
  expect(await factsOfError(bundled(), { url: "ftp://127.0.0.1/" })).toMatchObject({ name: "AxiosError" });
});

describe("what is in the bundle does what the installed package does", () => {
  test("one tunnel for each request through a proxy, and the answer in it", async () => {
    expect(await throughProxy()).toEqual(["octopus.example:443"]);
    const [ours, theirs] = [await answerThroughTunnel(bundled()), await answerThroughTunnel(installed)];
    expect(ours).toEqual(theirs);
    expect(ours).toMatchObject({ data: { path: "/api", connection: "close" }, status: 200 });
  });

  test("reading answers, writing bodies and judging statuses", async () => {
    for (const text of ['{"a":[1,"x"]}', "[]", "1", "null", "", "not JSON", '{"cut": ', "<html>"])
      expect(await readBy(bundled(), text)).toEqual(await readBy(installed, text));
    for (const data of [undefined, { a: 1 }, [], { deep: { text: "\u2192" } }])
      expect(await handedOver(bundled(), { method: "POST", data })).toEqual(
        await handedOver(installed, { method: "POST", data }),
      );
    for (const status of [199, 200, 299, 300, 404])
      expect(bundled().axios.defaults.validateStatus?.(status)).toBe(installed.axios.defaults.validateStatus?.(status));
  });

  test("the order of interceptors, and what an adapter is given", async () => {
    expect(await orderOfInterceptors(bundled())).toEqual(await orderOfInterceptors(installed));
    const headers = { Accept: "application/json", "X-Octopus-ApiKey": "API-X" };
    for (const config of [
      { url: "/a", headers },
      { url: "/b", headers, method: "POST", data: { a: 1 }, timeout: undefined, responseType: "text" },
      { url: "/c", method: "put", data: "text", timeout: 5, maxContentLength: 7 },
    ])
      expect(await handedOver(bundled(), config)).toEqual(await handedOver(installed, config));
  });

  test("errors, as far as the gateway reads them", async () => {
    const asked = [
      { url: "http://127.0.0.1:9/", proxy: false },
      { url: "http://octopus.invalid/", proxy: false },
      { url: "http://127.0.0.1:9/", signal: AbortSignal.abort() },
      { adapter: refusing(500) },
      { adapter: refusing(404) },
    ] as const;
    for (const config of asked)
      expect(await factsOfError(bundled(), config)).toEqual(await factsOfError(installed, config));
  });
});
