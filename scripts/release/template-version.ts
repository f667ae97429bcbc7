import * as z from "zod";
import { isSameBuild } from "../build/program-block.ts";

/** A released step template. */
export interface Edition {
  readonly tag: string;
  /** The text of `step-template.json`. */
  readonly template: string;
}

/** The problem of a template's `Version` compared with the last release: without a higher number, servers do not notice a change. */
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
