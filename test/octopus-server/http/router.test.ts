import { describe, expect, test } from "vitest";
import { createState } from "../state.ts";
import { ok } from "./reply.ts";
import { createRouter } from "./router.ts";
import { space, system } from "./route.ts";

const answer = () => ok({});

describe("finding a route", () => {
  test.each([
    [["projects/{id}", "projects/all"], "projects/all"],
    [["projects/all", "projects/{id}"], "projects/all"],
    [["tasks/{id}/cancel", "tasks/rerun/{id}"], "tasks/rerun/{id}"],
  ])("of %j a literal segment wins over a parameter, whatever the order", (paths, expected) => {
    const router = createRouter(paths.map((path) => system("GET", path, undefined, "test", answer)));

    const { route } = router.find("GET", `/api/${expected.replace("{id}", "x")}`, createState());

    expect(route.path).toBe(expected);
  });

  test("parameters are decoded, and broken escapes are left alone", () => {
    const router = createRouter([system("GET", "projects/{id}/releases/{version}", undefined, "test", answer)]);

    const { params } = router.find("GET", "/api/projects/a%2Fb/releases/1.0%zz", createState());

    expect(params).toEqual({ id: "a/b", version: "1.0%zz" });
  });

  test("without a default space, the unscoped form of a space's route answers 404", () => {
    const router = createRouter([space("GET", "projects", undefined, "test", answer)]);

    expect(() => router.find("GET", "/api/projects", createState())).toThrow(
      "The resource you requested was not found.",
    );
  });
});
