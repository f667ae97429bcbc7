import { describe, expect, test } from "vitest";
import { as, each, read, server } from "./support/ask.ts";

const world = {
  space: { name: "Default", id: "Spaces-603" },
  environments: Array.from({ length: 12 }, (_, index) => `Env ${String(index + 1).padStart(2, "0")}`),
  projects: [
    { name: "Web UI", releases: ["1.2.0", "11.2.0", "1.20.0"] },
    { name: "Web API", releases: ["1.0.0"] },
    { name: "Database" },
  ],
  spaces: [{ name: "Other", projects: ["Elsewhere"] }],
};

describe("routes and spaces", () => {
  test.each([
    ["/Spaces-603/projects", 3],
    ["/spaces/Spaces-603/projects", 3],
    ["/spaces/default/projects", 3],
    ["/projects", 3],
    ["/spaces/other/projects", 1],
    ["/SPACES-603/Projects", 3],
  ])("%s finds %i projects", async (path, count) => {
    const octopus = await server({ world });

    const answer = await as(octopus).get(path);

    expect(answer.status).toBe(200);
    expect(answer.json["TotalResults"]).toBe(count);
  });

  test.each([
    ["GET", "/Spaces-603/nonsense", 404, "The resource you requested was not found."],
    ["GET", "/Spaces-999/projects", 404, "The resource 'Spaces-999' was not found."],
    ["GET", "/Default/projects", 404, "The resource you requested was not found."],
    ["GET", "/Spaces-603/projects/Projects-999", 404, "The resource 'Projects-999' was not found."],
    ["GET", "/Spaces-603/projects//channels", 405, "The requested method is not allowed for this resource."],
    ["DELETE", "/Spaces-603/projects", 405, "The requested method is not allowed for this resource."],
  ])("%s %s answers %i", async (method, path, status, message) => {
    const octopus = await server({ world });

    const asker = as(octopus);
    const answer = await (method === "DELETE" ? asker.delete(path) : asker.get(path));

    expect(answer.status).toBe(status);
    expect(answer.json["ErrorMessage"]).toBe(message);
  });

  test("a double slash after the host answers 405", async () => {
    const octopus = await server({ world });

    const response = await fetch(`${octopus.url}//api/users/me`, { headers: { "X-Octopus-ApiKey": octopus.apiKey } });

    expect(response.status).toBe(405);
  });

  test("a virtual directory is part of the address and of every link, and no route exists outside of it", async () => {
    const octopus = await server({ world, basePath: "/octopus/" });

    const inside = await as(octopus).get("/Spaces-603/projects/web-ui");
    const outside = await fetch(`${octopus.url.replace("/octopus", "")}/api`);

    expect(octopus.url).toMatch(/\/octopus$/);
    expect(inside.json["Links"]?.["Self"]).toMatch(/^\/octopus\/api\/Spaces-603\/projects\/Projects-/);
    expect(outside.status).toBe(404);
  });

  test("the journal marks requests without a route, and names the template of known routes", async () => {
    const octopus = await server({ world });

    await as(octopus).get("/Spaces-603/projects/web-ui?x=1");
    await as(octopus).get("/Spaces-603/nonsense");

    expect(
      octopus.journal().map(({ path, route, unknownRoute, status }) => ({ path, route, unknownRoute, status })),
    ).toEqual([
      { path: "/api/Spaces-603/projects/web-ui?x=1", route: "GET projects/{id}", unknownRoute: false, status: 200 },
      { path: "/api/Spaces-603/nonsense", route: undefined, unknownRoute: true, status: 404 },
    ]);
  });
});

describe("credentials", () => {
  test.each([
    ["no key", {}, 401],
    ["an empty key", { "X-Octopus-ApiKey": "" }, 401],
    ["a wrong key", { "X-Octopus-ApiKey": "API-NONSENSE" }, 401],
    ["an unknown token", { Authorization: "Bearer eyJhbGciOi" }, 401],
  ])("%s is not logged in", async (_name, headers, status) => {
    const octopus = await server({ world });

    const answer = await read(await fetch(`${octopus.url}/api/users/me`, { headers }));

    expect(answer.status).toBe(status);
    expect(answer.json["ErrorMessage"]).toMatch(/^You must be logged in/);
  });

  test("an API key may come as a header, as a token or in the query, and never appears in the journal", async () => {
    const octopus = await server({ world });
    const key = octopus.apiKey;

    const ways = [
      await fetch(`${octopus.url}/api/users/me`, { headers: { "X-Octopus-ApiKey": key } }),
      await fetch(`${octopus.url}/api/users/me`, {
        headers: { Authorization: `Bearer ${key}`, "X-Octopus-ApiKey": "" },
      }),
      await fetch(`${octopus.url}/api/users/me?ApiKey=${key}`),
    ];

    expect(ways.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(JSON.stringify(octopus.journal())).not.toContain(key);
  });

  test("the API key of an inactive user is refused", async () => {
    const octopus = await server({ world: { ...world, users: [{ name: "gone", active: false }] } });

    expect((await as(octopus, "gone").get("/users/me")).status).toBe(401);
  });

  test("the root answers without a key", async () => {
    const octopus = await server({ world });

    const answer = await read(await fetch(`${octopus.url}/api`));

    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ Application: "Octopus Deploy", ApiVersion: "3.0.0" });
  });
});

describe("paging", () => {
  test("a page has 30 items, or 10 environments; page numbers count from zero", async () => {
    const octopus = await server({ world });

    const projects = await as(octopus).get("/Spaces-603/projects");
    const environments = await as(octopus).get("/Spaces-603/environments");

    expect(projects.json).toMatchObject({ ItemsPerPage: 30, NumberOfPages: 1, LastPageNumber: 0, ItemType: "Project" });
    expect(environments.json).toMatchObject({
      ItemsPerPage: 10,
      TotalResults: 12,
      NumberOfPages: 2,
      LastPageNumber: 1,
    });
    expect(each(environments)).toHaveLength(10);
  });

  test("links lead from page to page and keep the filters", async () => {
    const octopus = await server({ world });

    const first = await as(octopus).get("/Spaces-603/environments?partialName=env&take=5");
    const next = first.json["Links"]?.["Page.Next"];
    const last = await as(octopus).get("/Spaces-603/environments?partialName=env&skip=10&take=5");

    expect(next).toBe("/api/Spaces-603/environments?skip=5&take=5&partialName=env");
    expect(first.json["Links"]).not.toHaveProperty("Page.Previous");
    expect(last.json["Links"]).not.toHaveProperty("Page.Next");
    expect(each(last)).toEqual(["Env 11", "Env 12"]);
  });

  test.each([
    ["take=0", 0],
    ["take=2147483647", 12],
    ["skip=11", 1],
    ["skip=500", 0],
    ["TAKE=3&SKIP=1", 3],
  ])("?%s gives %i items", async (query, count) => {
    const octopus = await server({ world });

    expect(each(await as(octopus).get(`/Spaces-603/environments?${query}`))).toHaveLength(count);
  });

  test.each(["take=x", "skip=-1", "take=1.5"])("?%s is refused", async (query) => {
    const octopus = await server({ world });

    expect((await as(octopus).get(`/Spaces-603/environments?${query}`)).status).toBe(400);
  });

  test("servers of 2019 answer with a link per page and without page counts", async () => {
    const octopus = await server({ world });
    octopus.simulator.useProfile("2019.7");

    const { json } = await as(octopus).get("/Spaces-603/environments?take=5");

    expect(json).toMatchObject({ IsStale: false });
    expect(json).not.toHaveProperty("LastPageNumber");
    expect(json["Links"]).toHaveProperty("Page.2");
  });
});

describe("filters", () => {
  test.each([
    ["/projects?partialName=WEB", ["Web API", "Web UI"]],
    ["/projects?PartialName=ui", ["Web UI"]],
    ["/projects?name=web", ["Web API", "Web UI"]],
    ["/projects?ids=Projects-1,Projects-3", ["Database", "Web UI"]],
    ["/projects?ids=Projects-1&ids=Projects-3", ["Database", "Web UI"]],
    ["/projects?ids=Projects-1%2CProjects-3", ["Database", "Web UI"]],
    ["/projects?ids=", ["Database", "Web API", "Web UI"]],
    ["/projects?nonsense=1", ["Database", "Web API", "Web UI"]],
    ["/spaces?name=OTHER", ["Other"]],
    ["/spaces?partialName=th", ["Other"]],
  ])("%s finds %j", async (path, names) => {
    const octopus = await server({ world });

    expect(each(await as(octopus).get(path))).toEqual(names);
  });

  test("searchByVersion finds versions that contain the text; the newest release comes first, not the highest version", async () => {
    const octopus = await server({ world });

    const found = await as(octopus).get("/projects/web-ui/releases?searchByVersion=1.2");

    expect(each(found, "Version")).toEqual(["1.20.0", "11.2.0", "1.2.0"]);
  });
});

describe("bodies", () => {
  test("keys are read in any case, null means not given, unknown keys are ignored", async () => {
    const octopus = await server({ world });

    const made = await as(octopus).post("/Spaces-603/environments", { name: "New", DESCRIPTION: null, Nonsense: 1 });

    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ Name: "New", Description: "" });
  });

  test("a missing body, text that is not JSON and a wrong type are refused with the reason", async () => {
    const octopus = await server({ world });
    const headers = { "X-Octopus-ApiKey": octopus.apiKey, "Content-Type": "application/json" };

    const missing = await as(octopus).post("/Spaces-603/environments");
    const broken = await read(await fetch(`${octopus.url}/api/environments`, { method: "POST", headers, body: "{" }));
    const wrong = await as(octopus).post("/Spaces-603/environments", { Name: 5 });

    expect([missing.status, broken.status, wrong.status]).toEqual([400, 400, 400]);
    expect(missing.json["ErrorMessage"]).toBe("No request body was supplied.");
    expect(wrong.json["ErrorMessage"]).toBe("There was a problem with your request.");
    expect(wrong.json["Errors"]?.[0]).toMatch(/^Name: /);
  });

  test("long answers are zipped for clients that accept gzip; the journal counts the bytes before", async () => {
    const octopus = await server({ world });

    const response = await fetch(`${octopus.url}/api/Spaces-603/projects`, {
      headers: { "X-Octopus-ApiKey": octopus.apiKey, "Accept-Encoding": "gzip" },
    });
    const text = await response.text();

    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(octopus.journal().at(-1)?.bytes).toBe(Buffer.byteLength(text));
  });
});

test("two servers in one process share nothing", async () => {
  const [one, other] = [await server({ world }), await server()];

  one.simulator.addFault({ status: 500 });
  one.simulator.setSwitches({ version: "2020.1.1" });
  one.advance(60_000);

  const answer = await as(other).get("/projects/all");
  expect(answer.status).toBe(200);
  expect(each(answer)).toEqual([]);
  expect((await as(other).get("")).json["Version"]).not.toBe("2020.1.1");
  expect(other.journal()).toHaveLength(2);
});
