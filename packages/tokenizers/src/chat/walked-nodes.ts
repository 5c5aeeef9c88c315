/** The parts of Jinja's syntax tree that say what is walked through. */
export interface SyntaxNode {
  readonly type?: string;
  readonly iterable?: SyntaxNode;
  readonly lhs?: SyntaxNode;
  readonly operand?: SyntaxNode;
  readonly filter?: SyntaxNode;
  readonly callee?: SyntaxNode;
  readonly object?: SyntaxNode;
  readonly property?: SyntaxNode;
  readonly operator?: { readonly value?: string };
  readonly right?: SyntaxNode;
  readonly value?: unknown;
}

// These only look at one end, or at nothing.
const briefFilters = new Set<unknown>(["length", "count", "first", "last", "default", "safe"]);

/** The nodes whose values this node reads from end to end when it is evaluated; loops are counted by their rounds. */
export function walkedBy(node: SyntaxNode): readonly (SyntaxNode | undefined)[] {
  switch (node.type) {
    case "FilterExpression":
      return briefFilters.has((node.filter?.callee ?? node.filter)?.value) ? [] : [node.operand];
    case "CallExpression":
      return [node.callee?.object];
    case "MemberExpression":
      return node.property?.type === "SliceExpression" ? [node.object] : [];
    case "BinaryExpression":
      return node.operator?.value?.endsWith("in") ? [node.right] : [];
    default:
      return [];
  }
}
