import * as z from "zod";
import { isSameBuild } from "../build/program-block.ts";

/** A step template as it was released. */
export interface Edition {
  readonly tag: string;
  /** The text of `step-template.json`. */
  readonly template: string;
}

/** What is wrong with a template's `Version`, beside the last release: a server would not notice that anything else has changed. */
export function versionProblems(last: Edition, template: string): readonly string[] {
  const [before, now] = [versionOf(last.template), versionOf(template)];
  if (now > before || isSameBuild(last.template, template)) return [];
  return [
    `step-template.json differs from that of ${last.tag}, but its Version is ${now}, and was ${before}: raise stepTemplate.version in package.json, then run: npm run build`,
  ];
}

export function versionOf(template: string): number {
  return z.object({ Version: z.int() }).parse(JSON.parse(template)).Version;
}
