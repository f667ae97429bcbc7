import type { Product } from "./build-product.ts";
import { templateBudget } from "./hazards.ts";
import { embeddedFile } from "./script-body.ts";

/** How the bytes of the template are spent, one part a line; of the third-party block also what each package brought before compression. */
export function sizeTable(product: Product): string {
  const { body, mainProgram, thirdParty } = product;
  const block = embeddedFile(body, "third-party.base91") ?? "";
  const size = product.template.length;
  const raw = thirdParty.code.length;
  const lines = [
    row("bootstrap", body.length - mainProgram.length - block.length),
    row("own code", mainProgram.length),
    row("third-party block", block.length, `from ${bytes(raw)}:`),
    ...[...thirdParty.packages]
      .sort((a, b) => b.bytes - a.bytes)
      .map((each) => row(`  ${each.name} ${each.version}`, each.bytes, `${percentage(each.bytes, raw)} of it`)),
    row("parameters, help, JSON escapes", size - body.length),
    row("step-template.json", size, `${percentage(size, templateBudget)} of the budget of ${bytes(templateBudget)}`),
  ];
  return lines.join("\n");
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
