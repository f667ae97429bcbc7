import type { Product } from "./build/build-product.ts";
import { budgets } from "./hazards.ts";

/** The sizes of the parts of the template. Those of our code and of the packages are before compression. */
export function sizeTable({ body, template, program, blockLength }: Product): string {
  const whole = program.code.length;
  const lines = [
    row("bootstrap", body.length - blockLength),
    row("program, compressed, in Z85", blockLength, `from ${bytes(whole)}:`),
    row("  our own code", program.ownBytes, `${percentage(program.ownBytes, whole)} of it`),
    ...[...program.packages]
      .sort((a, b) => b.bytes - a.bytes)
      .map((each) => row(`  ${each.name} ${each.version}`, each.bytes, `${percentage(each.bytes, whole)} of it`)),
    row("script body", body.length, budgetText(body.length, budgets.body)),
    row("parameters, help, JSON escapes", template.length - body.length),
    row("step-template.json", template.length, budgetText(template.length, budgets.template)),
  ];
  return lines.join("\n");
}

function budgetText(size: number, budget: number): string {
  return `${percentage(size, budget)} of the budget of ${bytes(budget)}`;
}

function row(part: string, size: number, remark = ""): string {
  return `${part.padEnd(36)} ${bytes(size).padStart(9)}  ${remark}`.trimEnd();
}

function bytes(size: number): string {
  return `${size}`.replace(/\B(?=(\d{3})+$)/g, ",");
}

function percentage(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}
