import { expect, test } from "vitest";
import { scenesOf } from "../../scripts/start/scenes.ts";
import { timelinePicture } from "../../scripts/start/timeline-picture.ts";
import { template } from "../scenarios/scenario.ts";
import { page } from "./page.ts";
import { play, serve } from "./sample-train.ts";

// `npx vitest run --config test/vitest.config.ts test/pages/picture.test.ts -u` draws the pictures again.
test("the README shows the timeline of the demo's report, in light and dark", async () => {
  const server = await serve();
  const scene = scenesOf(template).at(-1);
  scene?.prepare?.(server);

  const { result } = await play(server, scene?.deployment.steps ?? [], { environment: "Staging" });

  const artifact = result.steps.flatMap(({ artifacts }) => artifacts).find(({ name }) => name.endsWith(".report.json"));
  const report = JSON.parse(artifact?.content.toString("utf8") ?? "");
  for (const scheme of ["light", "dark"] as const) {
    expect(page("README.md")).toContain(`.github/timeline-${scheme}.svg`);
    await expect(timelinePicture(report, scheme)).toMatchFileSnapshot(`../../.github/timeline-${scheme}.svg`);
  }
});
