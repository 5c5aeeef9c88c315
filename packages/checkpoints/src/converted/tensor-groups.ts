/** Weights that a runtime multiplies the same rows by, in the order in which it lays them side by side. */
const BESIDE = [
  [".self_attn.q_proj.weight", ".self_attn.k_proj.weight", ".self_attn.v_proj.weight"],
  [".mlp.gate_proj.weight", ".mlp.up_proj.weight"],
];

/** Names in the order of the file: what one product reads lies in one stretch. */
export function tensorGroups(names: Iterable<string>): string[][] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const family = BESIDE.find((suffixes) => suffixes.some((suffix) => name.endsWith(suffix)));
    const suffix = family?.find((each) => name.endsWith(each));
    const key = suffix === undefined ? name : name.slice(0, -suffix.length) + family?.[0];
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return [...groups.values()];
}
