import { expect, onTestFinished, test } from "vitest";
import { asId, type Deployment } from "../../src/model.ts";
import { withSharedPolls } from "../../src/monitor/shared-polls.ts";
import type { DeploymentFilter, SpaceGateway } from "../../src/octopus/gateway.ts";
import { allItems } from "../../src/octopus/paging.ts";
import { connectToOctopus } from "../../src/octopus/client-gateway.ts";
import { type OctopusServer, startOctopusServer } from "../octopus-server/octopus-server.ts";
import { connectOptions } from "../octopus/connect.ts";

/** How often each project was deployed. Those of `Busy` are the newest, so they come first in a common list. */
const counts = { Busy: 40, Quiet: 3, Steady: 20, New: 0 };

interface Place {
  readonly server: OctopusServer;
  readonly plain: SpaceGateway;
  readonly shared: SpaceGateway;
  readonly filterOf: (project: string, more?: Partial<DeploymentFilter>) => DeploymentFilter;
}

async function start(): Promise<Place> {
  const names = Object.entries(counts);
  const server = await startOctopusServer({
    now: "2026-01-05T11:00:00.000Z",
    world: {
      environments: ["Test", "Production"],
      lifecycles: [{ name: "Standard", phases: ["Test", "Production"] }],
      projects: names.map(([name]) => ({ name, lifecycle: "Standard", steps: [{ name: "Deploy" }], releases: [] })),
      history: names
        .filter(([, count]) => count > 0)
        .map(([project, count]) => ({
          project,
          environment: "Test",
          count,
          from: project === "Busy" ? "-2d" : "-30d",
          every: "1h",
          version: "2.0.{n}",
        })),
    },
  });
  onTestFinished(() => server.stop());
  const octopus = await connectToOctopus(
    connectOptions(server.url, { credential: { kind: "api-key", value: server.apiKey } }),
  );
  const space = asId<"Space">("Spaces-1");
  const { projects, environments, channels } = server.simulator.state();
  const ids = new Map([...projects.values()].map(({ name, id }) => [name, id]));
  const channelOf = (project: string) =>
    [...channels.values()].find(({ projectId }) => projectId === project)?.id ?? "";
  const testing = [...environments.values()].find(({ name }) => name === "Test")?.id ?? "";
  const clock = { sleep: () => new Promise<void>((resolve) => void setImmediate(resolve)) };
  server.clearJournal();
  return {
    server,
    plain: octopus.inSpace(space),
    shared: withSharedPolls(octopus, clock).inSpace(space),
    filterOf: (project, { channelId, ...more } = {}) => ({
      projectId: asId(ids.get(project) ?? ""),
      environmentIds: [asId(testing)],
      firstPage: 5,
      ...(channelId === undefined ? {} : { channelId: asId(channelOf(ids.get(project) ?? "")) }),
      ...more,
    }),
  };
}

async function firstPage(space: SpaceGateway, filter: DeploymentFilter): Promise<readonly Deployment[]> {
  for await (const { items } of space.deployments(filter)) return items;
  return [];
}

const some = { channelId: asId<"Channel">("of the project") };

test.each([{}, some])(
  "polls at the same time are one request, and each child gets its own deployments: %o",
  async (more) => {
    const { server, shared, plain, filterOf } = await start();
    const filters = ["Steady", "Quiet"].map((project) => filterOf(project, more));

    const pages = await Promise.all(filters.map((filter) => firstPage(shared, filter)));

    expect(server.journal()).toHaveLength(1);
    expect(server.mostInFlight()).toBe(1);
    const ids = pages.map((page) => page.map(({ id }) => id));
    for (const [index, filter] of filters.entries()) {
      const all = (await allItems(plain.deployments(filter))).map(({ id }) => id);
      expect(ids[index]).toEqual(all.slice(0, ids[index]?.length));
    }
  },
);

test("deployments of a child that the common answer leaves out are read for that child alone, and none twice", async () => {
  const { server, shared, plain, filterOf } = await start();

  const [busy, quiet] = await Promise.all(
    ["Busy", "Quiet"].map((project) => allItems(shared.deployments(filterOf(project)))),
  );

  const rest = server.journal().map(({ path }) => new URL(path, server.url).searchParams.get("projects"));
  expect(rest.filter((projects) => projects?.includes(",") === true)).toHaveLength(1);
  for (const [project, found] of [
    ["Busy", busy],
    ["Quiet", quiet],
  ] as const)
    expect(found).toEqual(await allItems(plain.deployments(filterOf(project))));
  expect([busy?.length, quiet?.length]).toEqual([counts.Busy, counts.Quiet]);
});

test("a child without deployments in the common answer is read alone, because that proves nothing", async () => {
  const { server, shared, filterOf } = await start();

  const pages = await Promise.all(
    ["Quiet", "New"].map((project) => allItems(shared.deployments(filterOf(project, { firstPage: 50 })))),
  );

  expect(pages.map(({ length }) => length)).toEqual([counts.Quiet, 0]);
  expect(server.journal().map(({ path }) => path.split("projects=")[1]?.split("&")[0])).toEqual([
    expect.stringContaining(","),
    filterOf("New").projectId,
  ]);
});

test("a poll of one child, of another environment or of all pages is a request of its own", async () => {
  const { server, shared, filterOf } = await start();

  await firstPage(shared, filterOf("Busy"));
  await Promise.all([
    firstPage(shared, filterOf("Busy")),
    firstPage(shared, filterOf("Quiet", { environmentIds: [] })),
  ]);
  await Promise.all(["Busy", "Quiet"].map((name) => firstPage(shared, filterOf(name, { firstPage: undefined }))));

  expect(server.journal()).toHaveLength(5);
  expect(server.journal().some(({ path }) => path.includes(","))).toBe(false);
});
