import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import { as, server as startServer } from "../octopus-server/support/ask.ts";
import { startWorker } from "../parent-process/worker.ts";
import { template } from "../scenarios/scenario.ts";
import { type OclStep, slugOf } from "./process.ts";
import { created, digestOf, sample, sampleWorld, sorted, trainProcess } from "./sample-train.ts";

// The release train of the README, set up and deployed only through the public API of a standalone server.

const Named = z.object({ Id: z.string(), Name: z.string() });
const Interruption = z.object({
  Id: z.string(),
  Form: z.object({
    Elements: z.array(z.object({ Name: z.string(), Control: z.object({ Text: z.string().optional() }) })),
  }),
});
const ServerTask = z.object({ State: z.string(), IsCompleted: z.boolean() });

async function start(): Promise<OctopusServer> {
  const server = await startServer({ world: sampleWorld(), clock: "real" });
  const defects: unknown[] = [];
  const worker = startWorker(server, template, (error) => defects.push(error));
  onTestFinished(async () => {
    await worker.stop();
    expect(defects).toEqual([]);
  });
  return server;
}

/** What a user does in the portal, below the space's path. */
function portal(server: OctopusServer, user?: string) {
  const asker = as(server, user);
  const path = (rest: string) => `/Spaces-603/${rest}`;
  return {
    get: async <T>(shape: z.ZodType<T>, rest: string) => shape.parse((await asker.get(path(rest))).json),
    text: async (rest: string) => (await asker.get(path(rest))).text,
    put: async (rest: string, body?: unknown) =>
      expect(await asker.put(path(rest), body)).toMatchObject({ status: 200 }),
    post: async <T>(shape: z.ZodType<T>, rest: string, body: unknown) => {
      const { status, text, json } = await asker.post(path(rest), body);
      expect([200, 201], text).toContain(status);
      return shape.parse(json);
    },
    named: async (list: string, name: string) => {
      const all = z.array(Named).parse((await asker.get(path(`${list}/all`))).json);
      const found = all.find((each) => each.Name === name);
      if (found === undefined) throw new Error(`${list} has no "${name}".`);
      return found.Id;
    },
  };
}

type Portal = ReturnType<typeof portal>;

/** A step as the API takes it, with the id of a team instead of its slug in OCL. */
async function stepResource({ get }: Portal, { values, action, actionProperties }: OclStep): Promise<object> {
  const key = "Octopus.Action.Manual.ResponsibleTeamIds";
  const teams = await get(z.array(Named), "teams/all");
  const team = teams.find(({ Name }) => slugOf(Name) === actionProperties[key])?.Id;
  const Properties = { ...actionProperties, ...(team === undefined ? {} : { [key]: team }) };
  const Name = values["name"];
  return { Name, Actions: [{ Name, ActionType: action["action_type"], Properties }] };
}

/** Sets up the process and the variable of the README, and creates a release of the parent, whose id is returned. */
async function setUp(admin: Portal, apiKey: string): Promise<string> {
  const ProjectId = await admin.named("projects", "Release Orchestration");
  const process = `deploymentprocesses/deploymentprocess-${ProjectId}`;
  const Steps = await Promise.all(trainProcess.map((step) => stepResource(admin, step)));
  await admin.put(process, { ...(await admin.get(z.looseObject({}), process)), Steps });
  const set = `variables/variableset-${ProjectId}`;
  const Variables = [{ Name: "Orchestration.ApiKey", Value: apiKey, IsSensitive: true, Type: "Sensitive", Scope: {} }];
  await admin.put(set, { ...(await admin.get(z.looseObject({}), set)), Variables });
  const channels = await admin.get(z.object({ Items: z.array(Named) }), `projects/${ProjectId}/channels`);
  const release = { ProjectId, ChannelId: channels.Items[0]?.Id, Version: "2021.1.0.2" };
  return (await admin.post(z.object({ Id: z.string() }), "releases", release)).Id;
}

/** Repeats a request until there is an answer. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
  }
}

test("the release train is set up through the public API, planned, approved by Bob and deployed", async () => {
  const server = await start();
  const [admin, bob] = [portal(server), portal(server, "bob")];
  const ReleaseId = await setUp(admin, server.keys["release-conductor"] ?? "");
  const order = { ReleaseId, EnvironmentId: await admin.named("environments", "Staging") };

  const { TaskId } = await portal(server, "rachel").post(z.object({ TaskId: z.string() }), "deployments", order);
  const { Id, Form } = await eventually(async () => {
    const pending = `interruptions?regarding=${TaskId}&pendingOnly=true`;
    return (await bob.get(z.object({ Items: z.array(Interruption) }), pending)).Items[0];
  });
  const before = created(server);
  await bob.put(`interruptions/${Id}/responsible`);
  const answer = { Instructions: null, Notes: "Go.", Result: "Proceed" };
  await bob.post(z.unknown(), `interruptions/${Id}/submit`, answer);
  const ended = await eventually(async () => {
    const task = await admin.get(ServerTask, `tasks/${TaskId}`);
    return task.IsCompleted ? task : undefined;
  });

  const log = await admin.text(`tasks/${TaskId}/raw`);
  const digest = digestOf(Form.Elements.find(({ Name }) => Name === "Instructions")?.Control.Text);
  expect(ended.State, log).toBe("Success");
  expect(digest).not.toBe("none");
  expect(log).toContain(`plan ${digest}`);
  expect(before).toEqual([]);
  expect(sorted(created(server))).toEqual(sorted(sample("Staging")));
});
