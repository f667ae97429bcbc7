import { expect, test } from "vitest";
import { timelinePicture } from "../../scripts/start/timeline-picture.ts";
import { page } from "./page.ts";

// `npx vitest run --config test/vitest.config.ts test/pages/picture.test.ts -u` draws them again.
test.each(["light", "dark"] as const)("the README shows the timeline of a report: %s", async (scheme) => {
  const drawn = timelinePicture(JSON.parse(page("src/report/example.json")), scheme);

  expect(page("README.md")).toContain(`.github/timeline-${scheme}.svg`);
  await expect(drawn).toMatchFileSnapshot(`../../.github/timeline-${scheme}.svg`);
});
