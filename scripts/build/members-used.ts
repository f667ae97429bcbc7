import type { Node } from "acorn";

/**
 * Which members of a namespace a program uses: `z.object(…)` gives `object`. Throws when the namespace is used whole, for then nothing of its
 * package could be left out.
 */
export function membersUsed(path: string, program: Node, namespace: string): readonly string[] {
  const members = new Set<string>();
  for (const [node, parent] of nodesBelow(program)) {
    if (node.type !== "Identifier" || node["name"] !== namespace || isOnlyANameIn(parent, node)) continue;
    const member = parent.type === "MemberExpression" && parent["computed"] === false ? parent["property"] : undefined;
    if (!isSyntaxNode(member))
      throw new Error(`${path} uses ${namespace} whole; only ${namespace}.<name> can be bundled.`);
    members.add(String(member["name"]));
  }
  return [...members];
}

export type SyntaxNode = { readonly type: string } & Readonly<Record<string, unknown>>;

export function isSyntaxNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** Every node with its parent. */
export function* nodesBelow(parent: object): Generator<readonly [SyntaxNode, SyntaxNode]> {
  for (const child of Object.values(parent).flat()) {
    if (!isSyntaxNode(child)) continue;
    if (isSyntaxNode(parent)) yield [child, parent];
    yield* nodesBelow(child);
  }
}

/** Whether an identifier stands for a member's, a property's or an import's name and not for a value. */
function isOnlyANameIn(parent: SyntaxNode, node: SyntaxNode): boolean {
  if (parent.type === "ImportNamespaceSpecifier") return true;
  return (
    parent["computed"] === false &&
    parent["shorthand"] !== true &&
    (parent["property"] === node || parent["key"] === node)
  );
}
