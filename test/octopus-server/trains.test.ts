import { describe, expect, test } from "vitest";
import type { OctopusServer, World } from "./octopus-server.ts";
import { as, each, server, textOf } from "./support/ask.ts";
import type { ScriptInput } from "./tasks/script.ts";

const minute = 60_000;

describe("children side by side", () => {
  const children = ["One", "Two", "Three", "Four"];

  /** A parent that waits, and children that take ten minutes each. */
  async function trainServer(taskCap: number): Promise<{ readonly octopus: OctopusServer; readonly parent: string }> {
    const octopus = await server({
      world: {
        environments: ["Test"],
        projects: [
          { name: "Train", releases: ["1.0.0"], scripts: [{ external: true }] },
          ...children.map((name) => ({ name, releases: ["1.0.0"], scripts: [{ duration: "10m" }] })),
        ],
      },
    });
    octopus.simulator.setSwitches({ taskCap });
    const parent = await deploy(octopus, "Train", "1.0.0", "Test");
    octopus.advance(1000);
    return { octopus, parent };
  }

  test.each([
    [0, 4],
    [5, 4],
    [4, 3],
    [2, 1],
    [1, 0],
  ])("with a task cap of %d, %d of four execute beside the parent that waits for them", async (cap, executing) => {
    const { octopus } = await trainServer(cap);

    const tasks = [];
    for (const child of children) tasks.push(await deploy(octopus, child, "1.0.0", "Test"));
    octopus.advance(minute);

    expect(await statesOf(octopus, tasks)).toEqual(
      children.map((_child, index) => (index < executing ? "Executing" : "Queued")),
    );
  });

  test("a queued child waits behind its siblings and the parent", async () => {
    const { octopus, parent } = await trainServer(2);
    const first = await deploy(octopus, "One", "1.0.0", "Test");
    octopus.advance(1000);
    const second = await deploy(octopus, "Two", "1.0.0", "Test");
    const third = await deploy(octopus, "Three", "1.0.0", "Test");

    expect(each(await as(octopus).get(`/tasks/${third}/queued-behind`), "Id")).toEqual([parent, first, second]);
  });

  test("the next child starts as soon as one has ended, while the parent keeps its slot", async () => {
    const { octopus } = await trainServer(2);
    const tasks = [await deploy(octopus, "One", "1.0.0", "Test"), await deploy(octopus, "Two", "1.0.0", "Test")];
    octopus.advance(11 * minute);

    expect(await statesOf(octopus, tasks)).toEqual(["Success", "Executing"]);
  });

  test("a child that waits for an intervention frees its slot", async () => {
    const { octopus } = await trainServer(2);
    octopus.simulator.addScript({ project: "One", steps: [{ name: "Ask", interventions: [{}] }] });
    const tasks = [await deploy(octopus, "One", "1.0.0", "Test"), await deploy(octopus, "Two", "1.0.0", "Test")];
    octopus.advance(minute);

    expect(await statesOf(octopus, tasks)).toEqual(["Queued", "Executing"]);
    expect((await as(octopus).get(`/tasks/${tasks[0]}`)).json["HasPendingInterruptions"]).toBe(true);
  });
});

describe("a step that needs another project", () => {
  const versions = ["1.0.0", "1.9.0", "1.10.0", "2.0.0"];

  test.each<[string, ScriptInput["steps"], string, string]>([
    [
      "the version that is deployed, and finds a later one",
      [{ name: "Up", needs: [{ project: "Base" }] }],
      "1.9.0",
      "",
    ],
    ["the same version, and finds it", [{ name: "Up", needs: [{ project: "base" }] }], "1.10.0", ""],
    [
      "the version that is deployed, and finds an older one",
      [{ name: "Up", needs: [{ project: "Base" }] }],
      "2.0.0",
      "Base 2.0.0 or later is needed in Test, which has 1.10.0.",
    ],
    ["a version it names", [{ name: "Up", needs: [{ project: "Base", atLeast: "1.9.0" }] }], "2.0.0", ""],
    [
      "a project that has no deployment",
      [{ name: "Up", needs: [{ project: "Bare", atLeast: "0.1.0" }] }],
      "1.0.0",
      "Bare 0.1.0 or later is needed in Test, which has no release.",
    ],
    [
      "a project that does not exist, beside one that is deployed",
      [{ name: "Up", needs: [{ project: "Base" }, { project: "Nobody" }] }],
      "1.0.0",
      "Nobody 1.0.0 or later is needed in Test, which has no release.",
    ],
  ])("%s", async (_rule, steps, version, error) => {
    const octopus = await needsServer(steps);

    const task = await deploy(octopus, "App", version, "Test");
    octopus.advance(minute);

    const { json } = await as(octopus).get(`/tasks/${task}`);
    expect([json["State"], json["ErrorMessage"]]).toEqual([error === "" ? "Success" : "Failed", error]);
  });

  test("succeeds at a guided Retry, when the needed version was deployed meanwhile", async () => {
    const octopus = await needsServer([{ name: "Up", needs: [{ project: "Base" }] }]);
    const task = await deploy(octopus, "App", "2.0.0", "Test", { UseGuidedFailure: true });
    octopus.advance(minute);
    await deploy(octopus, "Base", "2.0.0", "Test");
    octopus.advance(minute);

    const [question] = each(await as(octopus).get(`/interruptions?regarding=${task}`), "Id");
    await as(octopus).put(`/interruptions/${textOf(question)}/responsible`);
    await as(octopus).post(`/interruptions/${textOf(question)}/submit`, { Guidance: "Retry", Notes: "" });
    octopus.advance(minute);

    expect(await statesOf(octopus, [task])).toEqual(["Success"]);
  });

  async function needsServer(steps: ScriptInput["steps"]): Promise<OctopusServer> {
    const releases = [...versions];
    const world: World = {
      environments: ["Test", "Production"],
      lifecycles: [{ name: "Any", phases: [{ name: "Any", environments: [], minimum: 1 }] }],
      projects: [
        { name: "App", lifecycle: "Any", steps: ["Up"], releases, scripts: [{ ...(steps && { steps }) }] },
        {
          name: "Base",
          lifecycle: "Any",
          releases: [
            {
              version: "2.0.0",
              deployments: [
                { environment: "Test", state: "Failed", at: "-1h" },
                { environment: "Production", at: "-30m" },
              ],
            },
            { version: "1.10.0", deployments: [{ environment: "Test", at: "-2h" }] },
            { version: "1.0.0", deployments: [{ environment: "Test", at: "-3h" }] },
          ],
        },
        { name: "Bare", lifecycle: "Any", releases },
      ],
    };
    return server({ world });
  }
});

describe("the world twelve-databases", () => {
  const names = Array.from({ length: 12 }, (_, index) => `DB${String(index + 1).padStart(2, "0")}`);

  test("in the worst order each pass brings one more: twelve passes and 78 attempts", async () => {
    const octopus = await server({ world: "twelve-databases" });
    const passes: string[][] = [];

    for (let left = names; left.length > 0 && passes.at(-1)?.length !== 0;) {
      passes.push(await deployInTurn(octopus, left));
      left = left.filter((name) => !passes.flat().includes(name));
    }

    expect(passes).toEqual(names.toReversed().map((name) => [name]));
    expect(octopus.journal().filter(({ route }) => route === "POST deployments")).toHaveLength(78);
  });

  test("in the best order one pass is enough", async () => {
    const octopus = await server({ world: "twelve-databases" });

    expect(await deployInTurn(octopus, names.toReversed())).toEqual(names.toReversed());
  });

  /** Deploys 2.0.0 of each project to Staging, one after the other. Returns the projects that succeeded. */
  async function deployInTurn(octopus: OctopusServer, projects: readonly string[]): Promise<string[]> {
    const succeeded: string[] = [];
    for (const project of projects) {
      const task = await deploy(octopus, project, "2.0.0", "Staging");
      octopus.advance(2 * minute);
      const [state] = await statesOf(octopus, [task]);
      if (state === "Success") succeeded.push(project);
    }
    return succeeded;
  }
});

describe("the world train-of-16", () => {
  const unchanged = ["Reporting Service", "Search Index"];

  test("has sixteen components, of which fourteen have a release to promote from Test to Staging", async () => {
    const octopus = await server({ world: "train-of-16" });
    const components = await componentsOf(octopus);

    const differing = components.filter(
      (project) => currentIn(octopus, project, "Test") !== currentIn(octopus, project, "Staging"),
    );

    expect(components).toHaveLength(16);
    expect(components.filter((name) => !differing.includes(name))).toEqual(unchanged);
    expect(components.map((name) => currentIn(octopus, name, "Staging"))).toEqual(
      components.map((name) => currentIn(octopus, name, "Production")),
    );
  });

  test("takes all of them to Staging as its service account, and asks three teams on the way to Production", async () => {
    const octopus = await server({ world: "train-of-16" });
    const components = (await componentsOf(octopus)).filter((name) => !unchanged.includes(name));
    const asking: unknown[] = [];

    for (const environment of ["Staging", "Production"]) {
      const tasks = [];
      for (const name of components) {
        const version = currentIn(octopus, name, "Test") ?? "";
        tasks.push(await deploy(octopus, name, version, environment, {}, "release-conductor"));
      }
      octopus.advance(10 * minute);
      const states = await statesOf(octopus, tasks);
      asking.push(components.filter((_name, index) => states[index] === "Queued"));
      expect(new Set(states)).toEqual(new Set(environment === "Staging" ? ["Success"] : ["Success", "Queued"]));
    }

    expect(asking).toEqual([[], ["Payment Service", "Shop Database", "Web Shop"]]);
  });

  async function componentsOf(octopus: OctopusServer): Promise<readonly string[]> {
    const names = each(await as(octopus).get("/projects?take=100")).map(textOf);
    return names.filter((name) => name !== "Shop Train");
  }
});

/** Deploys a release by its version. Returns the task's id. */
async function deploy(
  octopus: OctopusServer,
  project: string,
  version: string,
  environment: string,
  more: Readonly<Record<string, unknown>> = {},
  user = "admin",
): Promise<string> {
  const { projects, environments, history } = octopus.simulator.state();
  const projectId = [...projects.values()].find(({ name }) => name === project)?.id ?? "";
  const release = history.releasesOf({ projectId }).find((candidate) => candidate.version === version);
  const place = [...environments.values()].find(({ name }) => name === environment);
  const body = { ReleaseId: release?.id, EnvironmentId: place?.id, ...more };
  return textOf((await as(octopus, user).post("/deployments", body)).json["TaskId"]);
}

async function statesOf(octopus: OctopusServer, tasks: readonly string[]): Promise<readonly unknown[]> {
  const found = await as(octopus).get(`/tasks?ids=${tasks.join(",")}&take=${tasks.length}`);
  const states = new Map(each(found, "Id").map((id, index) => [id, each(found, "State")[index]]));
  return tasks.map((id) => states.get(id));
}

function currentIn(octopus: OctopusServer, project: string, environment: string): string | undefined {
  const { projects, environments, history } = octopus.simulator.state();
  const projectId = [...projects.values()].find(({ name }) => name === project)?.id ?? "";
  const environmentId = [...environments.values()].find(({ name }) => name === environment)?.id ?? "";
  const current = history
    .deploymentsOf({ projectId, environmentId })
    .find((deployment) => history.stateOf(deployment) === "Success");
  return history.releases.get(current?.releaseId ?? "")?.version;
}
