import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { arch, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";
import { Client } from "@octopusdeploy/api-client";
import axios from "axios/dist/node/axios.cjs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { buildProduct } from "../scripts/build/build-product.ts";
import type { Product } from "../scripts/build/build-product.ts";
import { embeddedFile } from "../scripts/build/script-body.ts";
import { thirdPartyBlock } from "../scripts/build/third-party-block.ts";
import { startOctopusServer } from "./octopus-server/octopus-server.ts";
import type { OctopusServer } from "./octopus-server/octopus-server.ts";
import { readStepTemplate } from "./parent-process/step-template.ts";
import { runStep } from "./step-host/run-step.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const shippedTemplate = readFileSync(join(root, "step-template.json"), "utf8");
const shipped = readStepTemplate(JSON.parse(shippedTemplate));

let product: Product;
beforeAll(async () => {
  product = await buildProduct(root);
});

describe("the build", () => {
  test("gives what is committed, from the sources as they are (else: npm run build)", () => {
    const stale = [...product.files].filter(([path, content]) => content !== readFileSync(join(root, path), "utf8"));

    expect(stale.map(([path]) => path)).toEqual([]);
  });

  test("finds nothing that must not be shipped", () => {
    expect(product.hazards).toEqual([]);
  });

  test("gives the same bytes in another folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "another folder-"));
    for (const path of ["src", "scripts", "package.json", "step-template.json"])
      cpSync(join(root, path), join(folder, path), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

    const other = await buildProduct(folder);
    rmSync(folder, { recursive: true });

    expect(other.template === product.template).toBe(true);
  });

  test("names every package in the bundle, with its licence text inside", () => {
    expect(product.thirdParty.packages.map(({ name }) => name)).toEqual([
      "@date-fns/tz",
      "@octopusdeploy/api-client",
      "agent-base",
      "axios",
      "date-fns",
      "https-proxy-agent",
      "proxy-from-env",
      "semver",
      "zod",
    ]);
    for (const { name, version, licence } of product.thirdParty.packages) {
      expect(shipped.scriptBody.replace(/\n# /g, " ")).toContain(`${name} ${version} (${licence})`);
      expect(product.thirdParty.code).toMatch(new RegExp(`\n${name} ${version}: Copyright \\(c\\) `, "i"));
    }
  });
});

/** What the program takes from the block, as far as it matters here; from `node_modules` it would be the same. */
interface Library {
  readonly axios: typeof axios;
  readonly Client: typeof Client;
}

interface Exports {
  packages?: {
    readonly "axios/dist/node/axios.cjs": { readonly default: Library["axios"] };
    readonly "@octopusdeploy/api-client": { readonly Client: Library["Client"] };
  };
}

describe("the third-party code", () => {
  const installed: Library = { axios, Client };

  /** Evaluated anew each time, so that nothing carries over. */
  function bundled(): Library {
    const module: { readonly exports: Exports } = { exports: {} };
    compileFunction(product.thirdParty.code, ["module", "require"])(module, createRequire(import.meta.url));
    const { packages } = module.exports;
    if (packages === undefined) throw new Error("The block exports no packages.");
    return {
      axios: packages["axios/dist/node/axios.cjs"].default,
      Client: packages["@octopusdeploy/api-client"].Client,
    };
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

  test("has one axios, which our rules and the api-client share", async () => {
    const seen: string[] = [];

    await connect(bundled(), "https://octopus.example", seen);

    expect(seen).toEqual(["https://octopus.example/api"]);
  });

  test.each([
    ["a plain path", "https://octopus.example", "~/api/Spaces-1/projects"],
    ["a query", "http://octopus.example:8080", "~/api/x?skip=0&name=a%20b"],
    ["a trailing slash", "https://octopus.example/", "~/api/x?ids=A-1,B-2"],
    ["a virtual directory", "https://octopus.example/octopus/", "~/api/x"],
    ["an address with the API's path", "https://octopus.example/octopus/api", "~/api/x"],
    ["an address by number", "http://[::1]:8080/octopus", "~/api/x?a="],
    ["a link of the server's own", "https://octopus.example/octopus", "/octopus/api/x?skip=1"],
  ])("makes the same addresses as the installed api-client: %s", async (_, server, path) => {
    const [ours, theirs] = [await connect(bundled(), server), await connect(installed, server)];

    expect(ours.resolve(path)).toBe(theirs.resolve(path));
  });

  test("refuses to fill in an address", async () => {
    const client = await connect(bundled(), "https://octopus.example");

    expect(() => client.resolve("~/api/x{?skip}", { skip: 1 })).toThrow("An address template is not part of this step");
    await expect(client.request("~/api/x", { spaceName: "Default" })).rejects.toThrow("resolveSpaceId is not part");
    expect(() => client.subscribeToRequests("x", () => undefined)).toThrow("subscribe is not part of this step");
  });

  test("goes through the worker's proxy, https included", async () => {
    const asked: (string | undefined)[] = [];
    const proxy = createServer().on("connect", ({ url }, socket) => {
      asked.push(url);
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    const address = proxy.address();
    const port = typeof address === "object" ? address?.port : undefined;
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${port}`);
    vi.stubEnv("NO_PROXY", "");

    const request = bundled().axios.get("https://octopus.example/api", { maxRedirects: 0 });

    await expect(request).rejects.toThrow("403");
    expect(asked).toEqual(["octopus.example:443"]);
    vi.unstubAllEnvs();
    proxy.close();
  });

  test("keeps the names of errors", () => {
    expect(new (bundled().axios.AxiosError)("x").name).toBe("AxiosError");
  });

  test.each([
    ["redirects", { maxRedirects: 5 }, "follow-redirects is not part of this step"],
    ["forms", { headers: { "Content-Type": "multipart/form-data" } }, "form-data is not part of this step"],
    ["params", { params: { a: 1 } }, "axios/lib/core/assertParamsAcyclic.js is not part"],
    ["data: addresses", { method: "GET", url: "data:,x" }, "is not part of this step"],
  ])("says what was left out when it is asked for: %s", async (_, config, message) => {
    const post = { method: "POST", url: "http://127.0.0.1:9/", data: { a: 1 }, proxy: false } as const;

    await expect(bundled().axios.request({ ...post, ...config })).rejects.toThrow(message);
  });
});

describe("the shipped step", () => {
  let server: OctopusServer;
  beforeAll(async () => {
    server = await startOctopusServer({ world: "rm" });
  });
  afterAll(async () => {
    await server.stop();
  });

  const node18 = join(root, "test/node-18/node_modules", `node-linux-${arch()}`, "bin");

  test.each([
    ["Node.js 18", node18, "v18."],
    ["the Node.js of this test", dirname(process.execPath), process.version],
  ])("runs on %s", async (_, folder, version) => {
    const result = await runStep({
      scriptBody: shipped.scriptBody.replace("'use strict'\n", "'use strict'; console.log('on', process.version)\n"),
      environment: { PATH: `${folder}:/usr/bin:/bin` },
      variables: {
        ...shipped.defaults,
        "ChildProject.Web.ServerUrl": server.url,
        "ChildProject.Api.Key": server.keys["release-conductor"] ?? "",
        "ChildProject.Space.Name": "Default",
        "ChildProject.Project.Name": "Web API",
        "ChildProject.Destination.EnvironmentName": "Staging",
        "ChildProject.Tenant.Name": "",
        "ChildProject.ManualIntervention.EnvironmentToUse": "",
        "ChildProject.ManualIntervention.Tenant.Name": "",
        "ChildProject.WhatIf.Value": "Yes",
      },
      sensitive: shipped.sensitive,
    });

    expect(result.log.map(({ text }) => text)).toContainEqual(expect.stringMatching(`^on ${version}`));
    expect(result.resultMessage).toBeUndefined();
    expect(result.outputs).toMatchObject({ Outcome: "WhatIf", ReleaseToPromote: "2021.1.0.22" });
    expect(result.exitCode).toBe(0);
    expect(result.stderr.replace(/^##octopus\[mask .*\n/, "")).toBe("");
    expect(result.leftovers, "nothing but what Octopus collects").toEqual(result.artifacts.map(({ name }) => name));
  });

  test("refuses to run on a damaged block", async () => {
    const block = embeddedFile(shipped.scriptBody, "third-party.base91") ?? "";
    const other = thirdPartyBlock(`${product.thirdParty.code}// more`, undefined).text;

    const result = await runStep({
      scriptBody: shipped.scriptBody.replace(block, () => other),
      variables: shipped.defaults,
    });

    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("third-party.base91 is damaged");
  });
});
