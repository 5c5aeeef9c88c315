/** Nodes of a draft tree with k children a node: k + k² + ... + k^depth. */
export function fullTreeNodes(topK: number, depth: number): number {
  let nodes = 0;
  for (let level = 1; level <= depth; level++) nodes += topK ** level;
  return nodes;
}
