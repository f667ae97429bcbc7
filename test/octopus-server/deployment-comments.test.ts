import { expect, test } from "vitest";
import type { OctopusServer, World } from "./octopus-server.ts";
import type { Answer, Json } from "./support/ask.ts";
import { as, server, textOf } from "./support/ask.ts";

const world: World = {
  now: "2026-02-10T12:00:00Z",
  environments: ["Test"],
  projects: [{ name: "Web API", releases: ["1.0.0"] }],
};

/** The routes that deploy with a comment, and where their answers have the deployment. */
const ways = [
  { route: "deployments", deploymentOf: ({ json }: Answer): Json => json },
  { route: "deployments/override", deploymentOf: ({ json }: Answer): Json => json["Deployment"] ?? {} },
] as const;

const comments = [
  "Deployed by Release Train 2026.3.1 [task=ServerTasks-9 action=5e9 release=Releases-4] [was=Releases-1 pass=2 undo=]",
  "[unclosed [nested] ] ]( <b>&amp;</b> \"quoted\" 'single' \\ back / #{Octopus.Task.Id}",
  "line one\nline two\r\nline three\ttab",
  "  blanks around it  ",
  "Ünïcödé – 列車 🚆 \u00a0 \u200b",
  "x".repeat(20_000),
  "",
];

test.each(ways.flatMap(({ route, deploymentOf }) => comments.map((comment) => ({ route, deploymentOf, comment }))))(
  "POST $route keeps every character of $comment",
  async ({ route, deploymentOf, comment }) => {
    const octopus = await server({ world });

    const created = deploymentOf(await deploy(octopus, route, comment));
    const id = textOf(created["Id"]);
    const read = (await as(octopus).get(`/deployments/${id}`)).json;
    const lists = ["/deployments", "/releases/Releases-1/deployments", `/deployments?ids=${id}`];
    const listed = await Promise.all(lists.map(async (list) => (await as(octopus).get(list)).json["Items"]?.[0]));

    expect([created, read, ...listed].map((deployment) => deployment?.["Comments"])).toEqual(
      Array.from({ length: 5 }, () => comment),
    );
  },
);

test("a comment that is left out is empty", async () => {
  const octopus = await server({ world });

  expect((await deploy(octopus, "deployments", undefined)).json["Comments"]).toBe("");
});

test.each([
  [{ longestComment: 10 }, "0123456789", 201, "0123456789"],
  [{ longestComment: 10 }, "0123456789a", 400, undefined],
  [{ longestComment: 10, longerComments: "cut" }, "0123456789a", 201, "0123456789"],
  [{ commentsTrimmed: true }, "  [a] [b] \n", 201, "[a] [b]"],
  [{ commentsTrimmed: true, longestComment: 3 }, "  [a]  ", 201, "[a]"],
] as const)("with %j, %j answers %d and is kept as %j", async (switches, comment, status, kept) => {
  const octopus = await server({ world });
  octopus.simulator.setSwitches(switches);

  const answer = await deploy(octopus, "deployments", comment);

  expect([answer.status, answer.json["Comments"]]).toEqual([status, kept]);
  expect(octopus.simulator.state().history.deployments.size).toBe(status === 201 ? 1 : 0);
});

async function deploy(octopus: OctopusServer, route: string, comment: string | undefined): Promise<Answer> {
  const command = {
    ReleaseId: "Releases-1",
    EnvironmentId: "Environments-1",
    ...(comment === undefined ? {} : { Comments: comment }),
  };
  const override = { SpaceId: "Spaces-1", FreezeIds: [], Reason: "urgent", CreateDeploymentCommand: command };
  return as(octopus).post(`/Spaces-1/${route}`, route === "deployments/override" ? override : command);
}
