import { describe, expect, test, vi } from "vitest";
import { as, server } from "./support/ask.ts";

/** Generous, because the machine may be busy. */
const patience = { timeout: 60_000, interval: 5 };

describe("requests on the wire", () => {
  test("add up while answers are held back, and take effect only afterwards", async () => {
    const octopus = await server({ world: { environments: ["Test"] } });
    const release = octopus.simulator.holdAnswers();

    const answers = Array.from({ length: 7 }, (_, index) =>
      as(octopus).post("/projectgroups", { Name: `Group ${index}` }),
    );
    await vi.waitFor(() => expect(octopus.inFlight()).toBe(7), patience);
    const groups = octopus.simulator.state().projectGroups.size;
    release();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);

    expect([groups, octopus.simulator.state().projectGroups.size]).toEqual([1, 8]);
    expect(statuses).toEqual(Array.from({ length: 7 }, () => 201));
    expect([octopus.inFlight(), octopus.mostInFlight()]).toEqual([0, 7]);
    expect(octopus.journal().map(({ inFlight }) => inFlight)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test("show that a client keeps to its limit", async () => {
    const octopus = await server();
    const release = octopus.simulator.holdAnswers();

    const done = inTurn(40, 12, () => as(octopus).get("/spaces"));
    await vi.waitFor(() => expect(octopus.inFlight()).toBe(12), patience);
    release();
    await done;

    expect(octopus.journal()).toHaveLength(40);
    expect(octopus.mostInFlight()).toBe(12);
  });

  test("are one at a time when each waits for the one before, whatever fault strikes it", async () => {
    const octopus = await server();
    octopus.simulator.addFault({ route: "spaces", times: 1, status: 503 });
    octopus.simulator.addFault({ route: "spaces", times: 1, skip: 1, reset: "before" });
    octopus.simulator.addFault({ route: "spaces", times: 1, skip: 2, truncate: "cut" });
    octopus.simulator.addFault({ route: "spaces", times: 1, skip: 3, drip: 1 });

    for (let index = 0; index < 6; index++)
      await as(octopus)
        .get("/spaces")
        .catch(() => undefined);

    expect(octopus.journal().length).toBeGreaterThanOrEqual(6);
    expect([octopus.inFlight(), octopus.mostInFlight()]).toEqual([0, 1]);
  });

  test("are counted anew when the journal is cleared; calls of the control API do not count", async () => {
    const octopus = await server();
    await as(octopus).get("/spaces");

    octopus.clearJournal();
    await fetch(`${octopus.url}/simulator/clock`);

    expect([octopus.inFlight(), octopus.mostInFlight()]).toEqual([0, 0]);
  });

  test("no longer count when the client aborts them", async () => {
    const octopus = await server();
    const giveUp = new AbortController();
    const release = octopus.simulator.holdAnswers();

    const asked = fetch(`${octopus.url}/api/spaces`, { signal: giveUp.signal }).catch(() => "given up");
    await vi.waitFor(() => expect(octopus.inFlight()).toBe(1), patience);
    giveUp.abort();

    await vi.waitFor(() => expect(octopus.inFlight()).toBe(0), patience);
    expect(await asked).toBe("given up");
    release();
  });
});

/** Calls `act` the given number of times, at most `limit` at one time. */
async function inTurn(times: number, limit: number, act: () => Promise<unknown>): Promise<void> {
  let left = times;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await act();
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
