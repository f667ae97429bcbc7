import { describe, expect, test } from "vitest";
import type { FaultInput } from "./http/faults.ts";
import type { OctopusServer } from "./octopus-server.ts";
import { as, server } from "./support/ask.ts";

const world = { environments: ["Dev"], projects: [{ name: "Web", releases: ["1.0.0"] }] };
const deployment = { ReleaseId: "Releases-1", EnvironmentId: "Environments-1" };

async function faulty(...faults: readonly FaultInput[]): Promise<OctopusServer> {
  const octopus = await server({ world });
  for (const fault of faults) octopus.simulator.addFault(fault);
  return octopus;
}

async function deployments(octopus: OctopusServer): Promise<unknown> {
  octopus.simulator.clearFaults();
  return (await as(octopus).get("/deployments")).json["TotalResults"];
}

describe("answers", () => {
  test.each([
    [{ status: 401 }, 401, /^You must be logged in/],
    [{ missingPermission: "DeploymentView" }, 403, /Missing permission: DeploymentView$/],
    [{ status: 404 }, 404, /was not found/],
    [{ status: 409, message: "Somebody was faster." }, 409, /^Somebody was faster/],
    [{ status: 429 }, 429, /^Too many requests/],
    [{ status: 500 }, 500, /^The task was cancelled$/],
    [{ status: 503 }, 503, /503/],
    [{ status: 504 }, 504, /504/],
  ])("%j", async (fault, status, message) => {
    const octopus = await faulty(fault);

    const answer = await as(octopus).get("/projects");

    expect(answer.status).toBe(status);
    expect(answer.json["ErrorMessage"]).toMatch(message);
  });

  test("Retry-After and other headers", async () => {
    const octopus = await faulty({ status: 429, retryAfter: 7, headers: { "Octopus-RateLimit": "x" } });

    const { headers } = await as(octopus).get("/projects");

    expect([headers.get("retry-after"), headers.get("octopus-ratelimit")]).toEqual(["7", "x"]);
  });

  test("a web page, with an error status or with success, and an empty body", async () => {
    const octopus = await faulty(
      { times: 1, status: 502, html: true },
      { times: 1, html: true },
      { status: 503, empty: true },
    );

    const [gateway, success, empty] = [
      await as(octopus).get("/projects"),
      await as(octopus).get("/projects"),
      await as(octopus).get("/projects"),
    ];

    expect([gateway.status, success.status, empty.status]).toEqual([502, 200, 503]);
    expect(gateway.headers.get("content-type")).toMatch(/^text\/html/);
    expect(success.text).toMatch(/^<!DOCTYPE html>/);
    expect(empty.text).toBe("");
  });

  test("redirects, on demand to the same path on another host", async () => {
    const octopus = await faulty({ redirect: "https://elsewhere.example{path}", status: 301 });

    const response = await fetch(`${octopus.url}/api/projects?x=1`, {
      redirect: "manual",
      headers: { "X-Octopus-ApiKey": octopus.apiKey },
    });

    expect(response.status).toBe(301);
    expect(response.headers.get("location")).toBe("https://elsewhere.example/api/projects?x=1");
  });

  test("JSON that is cut in the middle, with or without its connection", async () => {
    const octopus = await faulty({ times: 1, truncate: "cut" }, { truncate: "closed" });

    await expect(as(octopus).get("/projects")).rejects.toThrow(/terminated|fetch failed/);
    const closed = await as(octopus).get("/projects");

    expect(closed.status).toBe(200);
    expect(() => JSON.parse(closed.text) as unknown).toThrow(SyntaxError);
  });

  test("slow and dripping answers arrive whole in the end", async () => {
    const octopus = await faulty({ times: 1, delay: "30ms" }, { drip: "1ms", route: "lifecycles/all" });

    const before = Date.now();
    const slow = await as(octopus).get("/projects");
    const dripping = await as(octopus).get("/lifecycles/all");

    expect(Date.now() - before).toBeGreaterThan(29);
    expect([slow.json["TotalResults"], dripping.json[0]?.["Name"]]).toEqual([1, "Default Lifecycle"]);
  });
});

describe("writes", () => {
  test.each([
    ["a reset before it took effect", { reset: "before" as const }, 0],
    ["a reset after it took effect", { reset: "after" as const }, 1],
    ["an error before it took effect", { status: 503 }, 0],
    ["an error after it took effect", { status: 504, after: true }, 1],
    ["a web page after it took effect", { html: true }, 1],
    ["a truncated answer", { truncate: "cut" as const }, 1],
  ])("%s", async (_name, fault, count) => {
    const octopus = await faulty({ method: "POST", route: "deployments", ...fault });

    await as(octopus)
      .post("/deployments", deployment)
      .catch(() => undefined);

    expect(await deployments(octopus)).toBe(count);
  });

  test("a late commit takes effect after its answer", async () => {
    const octopus = await faulty({ method: "POST", route: "deployments", lateCommit: "40s" });

    const { status } = await as(octopus).post("/deployments", deployment);
    octopus.advance(39_000);
    const early = await deployments(octopus);
    octopus.advance(2000);

    expect([status, early, await deployments(octopus)]).toEqual([504, 0, 1]);
    expect((await as(octopus).get("/deployments")).json["Items"]?.[0]?.["Created"]).toBe(
      new Date(octopus.now() - 1000).toISOString().replace("Z", "+00:00"),
    );
  });
});

describe("which requests are struck", () => {
  async function struck(fault: FaultInput, ask: readonly string[]): Promise<readonly boolean[]> {
    const octopus = await faulty(fault);
    const answers = [];
    for (const path of ask) answers.push((await as(octopus).get(path)).status === 500);
    return answers;
  }

  test.each([
    [
      "a route, in every form of its path",
      { route: "projects/{id}" },
      ["/projects/web", "/Spaces-1/projects/Projects-1", "/projects"],
      [true, true, false],
    ],
    [
      "a path with a wildcard",
      { route: "projects*" },
      ["/projects/web", "/spaces/default/projects", "/environments"],
      [true, true, false],
    ],
    ["a method", { method: "post" }, ["/projects"], [false]],
    ["a query", { route: "*take=5*" }, ["/projects?take=5", "/projects"], [true, false]],
    ["a number of times", { times: 2 }, ["/projects", "/projects", "/projects"], [true, true, false]],
    ["after some have passed", { skip: 1, times: 1 }, ["/projects", "/projects", "/projects"], [false, true, false]],
  ])("%s", async (_name, fault, ask, expected) => {
    expect(await struck({ status: 500, ...fault }, ask)).toEqual(expected);
  });

  test("a rate strikes about that share of the requests, the same ones in every run", async () => {
    const ask = Array.from({ length: 40 }, () => "/users/me");

    const first = await struck({ status: 500, rate: 0.5 }, ask);
    const second = await struck({ status: 500, rate: 0.5 }, ask);

    expect(first).toEqual(second);
    expect(first.filter(Boolean).length).toBeGreaterThan(10);
    expect(first.filter(Boolean).length).toBeLessThan(30);
  });

  test("the journal names the fault that struck a request, and each fault counts its strikes", async () => {
    const octopus = await faulty({ status: 500, times: 1 });

    await as(octopus).get("/projects");

    expect(octopus.journal()[0]?.fault).toContain('"status":500');
    expect(octopus.simulator.faultsStruck()).toEqual([1]);
  });
});

describe("the rate limit", () => {
  test("200 requests a minute, refilled evenly by the server's clock, per user", async () => {
    const octopus = await server({ world: { ...world, users: ["other"] } });
    octopus.simulator.useProfile("rateLimited");

    const statuses = [];
    for (let index = 0; index < 201; index++) statuses.push((await as(octopus).get("/users/me")).status);
    const limited = await as(octopus).get("/users/me");
    const other = await as(octopus, "other").get("/users/me");
    octopus.advance(300);
    const again = await as(octopus).get("/users/me");

    expect(statuses.filter((status) => status === 200)).toHaveLength(200);
    expect(limited.status).toBe(429);
    expect(limited.headers.get("retry-after")).toBe("1");
    expect(limited.headers.get("octopus-ratelimit-policy")).toContain("q=200");
    expect([other.status, again.status]).toEqual([200, 200]);
    expect((await as(octopus).get("/users/me")).status).toBe(429);
  });

  test("some servers send no Retry-After", async () => {
    const octopus = await server({ world });
    octopus.simulator.useProfile("rateLimitedWithoutRetryAfter");
    octopus.simulator.setSwitches({ rateLimitPerMinute: 1 });

    await as(octopus).get("/users/me");
    const limited = await as(octopus).get("/users/me");

    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, null]);
  });
});
