import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { markerText, parseMarker } from "../../src/rules/marker.ts";
import type { Decision } from "../../src/rules/plan.ts";
import { planArtifact, readPlanArtifact, trainArtifact } from "../../src/step/plan-artifact.ts";
import { order, plan } from "../rules/build.ts";

const folder = fileURLToPath(new URL("released", import.meta.url));
/** One folder for each form in which released versions stored plans and markers. The last one is the current form. */
const versions = readdirSync(folder).sort((a, b) => Number(a) - Number(b));

const Stored = z.looseObject({
  digest: z.string(),
  train: z.looseObject({ policy: z.string(), levels: z.array(z.number()) }).optional(),
  children: z.array(z.looseObject({ rollBack: z.unknown() })).optional(),
});
const Markers = z.array(z.object({ comments: z.string(), marker: z.looseObject({}) }));

function read(version: string, file: string): unknown {
  return JSON.parse(readFileSync(`${folder}/${version}/${file}`, "utf8"));
}

const markersOf = (version: string) => Markers.parse(read(version, "markers.json"));

describe.each(versions)("what version %s of the step stored", (version) => {
  const files = readdirSync(`${folder}/${version}`);

  test("is recognised: its markers", () => {
    for (const { comments, marker } of markersOf(version))
      expect(parseMarker(comments), comments).toMatchObject(marker);
  });

  test.each(files.filter((file) => file.endsWith(".plan.json")))(
    "is read as an approved plan with its digest: %s",
    (file) => {
      const stored = Stored.parse(read(version, file));

      expect(readPlanArtifact(stored)).toMatchObject({
        digest: stored.digest,
        policy: stored.train?.policy ?? "Stop",
        children: (stored.train?.levels ?? [1]).map((level) => ({ level })),
        rollBacks: (stored.children ?? [{ rollBack: null }]).map(({ rollBack }) => rollBack),
      });
    },
  );
});

describe("what this version writes is kept in the last folder, so that a change of the form needs a new folder", () => {
  const today = versions.at(-1) ?? "";
  const deploys: Decision = { kind: "deploy", reason: "NewRelease" };
  const other = { ...order, project: { ...order.project, name: "Web UI" } };
  const children = [
    { level: 1, plan: plan(deploys), rollBack: { to: { id: "Releases-2021.1.0.20", version: "2021.1.0.20" } } },
    {
      level: 2,
      plan: plan(
        { kind: "skip", reason: "AlreadyCurrent" },
        { order: { ...other, identity: { ...order.identity, project: "Projects-2" } } },
      ),
      rollBack: { why: "The same release is there now." },
    },
  ];

  test.each([
    { file: "child.plan.json", written: planArtifact(plan(deploys)) },
    {
      file: "train-rolling-back.plan.json",
      written: trainArtifact({ policy: "RollBack", parallelLimit: 4, passes: 0, children }),
    },
    {
      file: "train-stopping.plan.json",
      written: trainArtifact({
        policy: "Stop",
        parallelLimit: undefined,
        passes: 0,
        children: children.map((child) => ({ ...child, rollBack: null })),
      }),
    },
  ])("$file", ({ file, written }) => {
    expect(readPlanArtifact(JSON.parse(written.json))).toEqual(readPlanArtifact(read(today, file)));
  });

  test("markers.json", () => {
    const travel = {
      was: "Releases-1",
      release: "Releases-2",
      choice: ["Releases-2", null],
      start: "2021-01-14T19:00:00Z",
      train: "0a1b",
    };
    const identity = { projectId: "Projects-1", actionId: "4f1c", taskId: "ServerTasks-9" };
    const written = [
      markerText(identity, 1, { ...travel, pass: 1, undo: null }),
      markerText(identity, 2, { ...travel, was: null, start: null, train: null, pass: 3, undo: "Deployments-9" }),
    ];

    expect(markersOf(today).map(({ comments }) => comments)).toEqual(written);
  });
});
