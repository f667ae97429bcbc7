import { describe, expect, test } from "vitest";
import { as, each, server } from "./support/ask.ts";
import { profiles } from "./switches.ts";

const world = {
  environments: ["Dev", "Test"],
  projects: [{ name: "Web", releases: [{ version: "1.0.0", deployments: ["Dev"] }] }],
  users: ["eve"],
  teams: [{ name: "Deployers", members: ["eve"], roles: ["Project deployer"] }],
};

describe("old servers", () => {
  test.each(["/deploymentfreezes?skip=0&take=10", "/environments/v2?skip=0&take=10"])(
    "2019.7 does not have %s",
    async (path) => {
      const octopus = await server({ world });
      octopus.simulator.useProfile("2019.7");

      const answer = await as(octopus).get(path);

      expect(answer.status).toBe(404);
      expect(octopus.journal().at(-1)?.unknownRoute).toBe(true);
    },
  );

  test("today's servers have environments/v2", async () => {
    const octopus = await server({ world });

    expect((await as(octopus).get("/environments/v2?skip=0&take=10")).json["TotalResults"]).toBe(2);
  });

  test("2019.7 says its version, and answers with the properties of real servers of its time", async () => {
    const octopus = await server({ world });
    octopus.simulator.useProfile("2019.7");

    const root = await as(octopus).get("");
    const page = await as(octopus).get("/tasks");

    expect(root.json["Version"]).toBe("2019.7.12");
    expect(Object.keys(page.json)).toEqual(
      expect.arrayContaining(["ItemType", "IsStale", "TotalResults", "ItemsPerPage", "Items", "Links"]),
    );
    expect(Object.keys(page.json["Items"]?.[0] ?? {})).toEqual(expect.arrayContaining(realTaskProperties));
  });

  test("environments/v2 found nothing for several ids before 2025.4", async () => {
    const octopus = await server({ world });
    const ask = async (ids: string) => each(await as(octopus).get(`/environments/v2?skip=0&take=9&ids=${ids}`));

    expect(await ask("Environments-1,Environments-2")).toEqual(["Dev", "Test"]);
    octopus.simulator.useProfile("environmentsV2IdsEmpty");
    expect(await ask("Environments-1,Environments-2")).toEqual([]);
    expect(await ask("Environments-1")).toEqual(["Dev"]);
  });

  test("dates are of the year 1, and ids filter no spaces", async () => {
    const octopus = await server({ world });
    octopus.simulator.setSwitches({ yearOneDates: true, spacesFilteredByIds: false });

    expect((await as(octopus).get("/tasks/ServerTasks-1")).json["LastUpdatedTime"]).toBe(
      "0001-01-01T00:00:00.000+00:00",
    );
    expect(each(await as(octopus).get("/spaces?ids=Spaces-9"))).toEqual(["Default"]);
  });

  test("retention leaves deployments without tasks, or even without task ids", async () => {
    const octopus = await server({ world });
    octopus.simulator.useProfile("purgedTasks");

    const purged = await as(octopus).get("/deployments/Deployments-1");
    const found = await as(octopus).get("/deployments?taskState=Success");
    octopus.simulator.useProfile("nullTaskIds");
    const forgotten = await as(octopus).get("/deployments/Deployments-1");

    expect([purged.json["TaskId"], forgotten.json["TaskId"]]).toEqual(["ServerTasks-1", null]);
    expect(each(found, "Id")).toEqual([]);
    expect(each(await as(octopus).get("/tasks?ids=ServerTasks-1"), "Id")).toEqual([]);
    expect((await as(octopus).get("/tasks/ServerTasks-1")).status).toBe(404);
    await as(octopus).post("/deployments", { ReleaseId: "Releases-1", EnvironmentId: "Environments-1" });
    expect((await as(octopus).get("/tasks/ServerTasks-2")).json["State"]).toBe("Executing");
    expect((await as(octopus).get("/releases/Releases-1/deployments/template")).json["PromoteTo"]).toHaveLength(2);
  });

  test("a paused task may lose its start time", async () => {
    const paused = {
      ...world,
      projects: [{ name: "Web", releases: ["1.0.0"], scripts: [{ steps: [{ name: "Ask", interventions: [{}] }] }] }],
    };
    const octopus = await server({ world: paused });
    octopus.simulator.setSwitches({ pausedTaskKeepsStartTime: false });

    await as(octopus).post("/deployments", { ReleaseId: "Releases-1", EnvironmentId: "Environments-1" });
    octopus.advance(1);

    expect((await as(octopus).get("/tasks/ServerTasks-1")).json).toMatchObject({
      State: "Queued",
      StartTime: null,
      HasPendingInterruptions: true,
    });
  });
});

describe("maintenance mode", () => {
  test("lets administrators write, and all other users only read", async () => {
    const octopus = await server({ world });
    octopus.simulator.useProfile("maintenance");
    const body = { ReleaseId: "Releases-1", EnvironmentId: "Environments-1" };

    const refused = await as(octopus, "eve").post("/deployments", body);
    const looked = await as(octopus, "eve").get("/deployments");
    const allowed = await as(octopus).post("/deployments", body);

    expect([refused.status, looked.status, allowed.status]).toEqual([503, 200, 201]);
  });

  test("shows in the server's status", async () => {
    const octopus = await server({ world });
    octopus.simulator.useProfile("maintenance");

    expect((await as(octopus).get("/serverstatus")).json["IsInMaintenanceMode"]).toBe(true);
  });

  test("refuses with the status that a switch says", async () => {
    const octopus = await server({ world });
    octopus.simulator.setSwitches({ maintenanceMode: true, maintenanceStatus: 400 });

    expect((await as(octopus, "eve").post("/deployments", {})).status).toBe(400);
  });
});

test.each(Object.keys(profiles))("the profile %s can be switched on and off again", async (name) => {
  const octopus = await server({ world });

  octopus.simulator.useProfile(profileName(name));
  octopus.simulator.resetSwitches();

  expect((await as(octopus).get("")).json["Version"]).toBe("2026.3.4512");
});

function profileName(name: string): keyof typeof profiles {
  const known = Object.keys(profiles).find((one): one is keyof typeof profiles => one === name);
  if (known === undefined) throw new Error(`There is no profile ${name}.`);
  return known;
}

// The properties of a task of a real server of 2017.
const realTaskProperties = [
  "Id",
  "Name",
  "Description",
  "Arguments",
  "State",
  "Completed",
  "QueueTime",
  "QueueTimeExpiry",
  "StartTime",
  "LastUpdatedTime",
  "CompletedTime",
  "ServerNode",
  "Duration",
  "ErrorMessage",
  "HasBeenPickedUpByProcessor",
  "IsCompleted",
  "FinishedSuccessfully",
  "HasPendingInterruptions",
  "CanRerun",
  "HasWarningsOrErrors",
  "Links",
];
