import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { OctopusServer } from "../octopus-server/octopus-server.ts";
import type { World } from "../octopus-server/world/world.ts";
import { walk } from "./in-process.ts";
import { child, created, orchestration, type Parameters, type Project, serve } from "./scenario.ts";

const releases: Project["releases"] = [
  { version: "1.0", created: "-3d", deployments: ["Development", "Test", "Staging"] },
  { version: "1.1", created: "-1d", deployments: ["Development", "Test"] },
];

/** Two children, with what differs from them. */
function world(projects: Readonly<Record<string, Partial<Project>>> = {}, more: Partial<World> = {}): World {
  const names = ["Database", "Web API"];
  return orchestration({
    projects: names.map((name) => child(name, releases, { scripts: [{ duration: "2m" }], ...projects[name] })),
    ...more,
  });
}

function train(parameters: Parameters = {}, list = "Database\nWeb API") {
  return { child: "Train", parameters: { "ChildProject.Project.Name": list, ...parameters } };
}

describe("values for prompted variables, entered once for all children", () => {
  const prompting = (...names: readonly string[]): Partial<Project> => ({
    variables: names.map((name) => ({ name, prompt: { required: true } })),
  });
  const values = (text: string): Parameters => ({ "ChildProject.Prompted.Variables": text });
  const given = values("Schema::blue\nColour::red");

  /** What each deployment was created with, by the names of the variables. */
  function sent(server: OctopusServer): readonly Readonly<Record<string, string>>[] {
    const all = [...server.simulator.state().variableSets.values()].flatMap((set) => set.variables);
    const nameOf = (key: string) => all.find(({ id }) => id === key)?.name ?? key;
    const Body = z.object({ FormValues: z.record(z.string(), z.string()) });
    return server
      .journal()
      .filter(({ route }) => route === "POST deployments")
      .map(({ body }) => Body.parse(body).FormValues)
      .map((form) => Object.fromEntries(Object.entries(form).map(([key, value]) => [nameOf(key), value])));
  }

  test("each child gets those that it prompts for", async () => {
    const server = await serve(world({ Database: prompting("Schema"), "Web API": prompting("Colour", "Schema") }));

    const { exitCode, log } = await walk(server, train(given));

    expect(exitCode, log).toBe(0);
    expect(sent(server)).toEqual([{ Schema: "blue" }, { Colour: "red", Schema: "blue" }]);
    expect(log).toContain(
      'verbose: Database: The value for the prompted variable "Colour" is passed over: this child project does not',
    );
  });

  test("a name that no child knows is one problem, found before anything is deployed", async () => {
    const server = await serve(world({ Database: prompting("Schema"), "Web API": prompting("Colour") }));

    const { exitCode, outputs } = await walk(server, train(values("Schema::blue\nColour::red\nColor::red")));

    expect(exitCode).toBe(1);
    expect(created(server)).toEqual([]);
    expect(outputs.Message?.split("no child project prompts for")).toHaveLength(2);
    expect(outputs.Message).toContain('(ChildProject.Prompted.Variables): no child project prompts for "Color".');
  });

  test("where a child is skipped, and so was not asked, it is a warning", async () => {
    const current: Partial<Project> = { releases: releases.slice(0, 1) };
    const server = await serve(world({ Database: current, "Web API": prompting("Colour") }));

    const { exitCode, log } = await walk(server, train(given));

    expect(exitCode, log).toBe(0);
    expect(created(server)).toEqual(["Web API 1.1 to Staging"]);
    expect(log).toMatch(/warning: .*Prompted\.Variables\): no child project that was asked prompts for "Schema"\./);
  });

  test("a child with values of its own must know all of them", async () => {
    const server = await serve(world({ Database: prompting("Schema"), "Web API": prompting("Schema") }));
    const list = "Database\n  prompted variables: Schema::green\nWeb API\n  prompted variables: Schemo::green";

    const { exitCode, outputs } = await walk(server, train(values("Other::1"), list));

    expect(exitCode).toBe(1);
    expect(created(server)).toEqual([]);
    expect(outputs.Message).toContain(
      'Web API cannot be deployed. Prompted variables: The release does not prompt for a variable "Schemo"',
    );
    expect(outputs.Message).not.toContain("Other");
  });
});
