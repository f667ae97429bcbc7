import { describe, expect, test } from "vitest";
import type { OctopusServer } from "./octopus-server.ts";
import { as, each, server, textOf } from "./support/ask.ts";

/** 600 tasks in one space, five in another. */
async function busyServer(): Promise<OctopusServer> {
  return server({
    world: {
      environments: ["Test"],
      projects: ["Web API"],
      history: [{ project: "Web API", environment: "Test", count: 600, from: "-100d", every: "5m" }],
      spaces: [
        {
          name: "Elsewhere",
          environments: ["Test"],
          projects: ["Other"],
          history: [{ project: "Other", environment: "Test", count: 5, from: "-100d", every: "5m" }],
        },
      ],
    },
  });
}

function idsOf(octopus: OctopusServer, spaceId = "Spaces-1"): readonly string[] {
  return [...octopus.simulator.state().history.tasks.values()]
    .filter((task) => task.spaceId === spaceId)
    .map(({ id }) => id);
}

describe("tasks?ids=", () => {
  test("finds up to a hundred in one answer, newest first, whatever their order", async () => {
    const octopus = await busyServer();
    const wanted = idsOf(octopus).slice(100, 200);

    const found = await as(octopus).get(`/Spaces-1/tasks?ids=${wanted.join(",")}&take=100`);

    expect(each(found, "Id")).toEqual(wanted.toReversed());
    expect(found.json["TotalResults"]).toBe(100);
  });

  test("answers a page of thirty without take, and a link to the next page with the same ids", async () => {
    const octopus = await busyServer();
    const wanted = idsOf(octopus).slice(0, 70);

    const first = await as(octopus).get(`/Spaces-1/tasks?ids=${wanted.join(",")}`);
    const next = await as(octopus).get(textOf(first.json["Links"]?.["Page.Next"]).replace(/^\/api/, ""));

    expect([first.json["TotalResults"], each(first).length]).toEqual([70, 30]);
    expect(each(next, "Id")).toEqual(wanted.toReversed().slice(30, 60));
  });

  test("leaves out tasks that do not exist, belong to another space, or are named twice", async () => {
    const octopus = await busyServer();
    const [mine = "", other = ""] = [idsOf(octopus)[0], idsOf(octopus, "Spaces-2")[0]];

    const found = await as(octopus).get(`/Spaces-1/tasks?ids=${mine},${other},ServerTasks-99999,${mine}&take=100`);

    expect(each(found, "Id")).toEqual([mine]);
  });

  test("without a value means every task", async () => {
    const octopus = await busyServer();

    expect((await as(octopus).get("/Spaces-1/tasks?ids=&take=100")).json["TotalResults"]).toBe(600);
  });

  test.each([
    [450, 8192, 200],
    [600, 8192, 414],
    [600, 0, 200],
    [100, 2048, 200],
    [150, 2048, 414],
  ])("%d of them in a request line of at most %d characters answer %d", async (count, longestRequestLine, status) => {
    const octopus = await busyServer();
    octopus.simulator.setSwitches({ longestRequestLine });
    const ids = idsOf(octopus).slice(0, count);

    const answer = await as(octopus).get(`/Spaces-1/tasks?ids=${ids.join(",")}&take=${count}`);

    expect([answer.status, each(answer).length]).toEqual([status, status === 200 ? count : 0]);
  });
});
