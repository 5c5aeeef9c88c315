import { readActivation } from "../activation.js";
import type { ConfigFields } from "../config-fields.js";
import { layersOf } from "../layers.js";
import { readRope } from "../rope.js";
import { readSizes } from "../sizes.js";
import type { Family } from "./family.js";

/** The files name the code that they came with before transformers had it; it computes the same. */
const OWN_CODE = /^(configuration|modeling)_phi3\.Phi3/;

/** What LongRoPE was called in older files. */
const aliases = new Map<unknown, string>([
  ["su", "longrope"],
  ["yarn", "longrope"],
]);

function checkCode(fields: ConfigFields): void {
  const code = fields.inside("auto_map");
  for (const name of Object.keys(code?.json ?? {})) {
    // Phi 4 mini names another repository's tokenizer, which computes nothing here.
    if (name !== "AutoTokenizer" && !OWN_CODE.test(String(code?.json[name]))) throw fields.refused("auto_map");
  }
}

/** Llama with fused projections (see model/mappings), RoPE on a part of each head, and a sliding window where it is given. */
export const phi3: Family = {
  architectures: ["Phi3ForCausalLM"],
  understood: ["auto_map", "hidden_act", "partial_rotary_factor", "sliding_window"],
  read: (fields) => {
    checkCode(fields);
    const sizes = readSizes(fields, { normEpsilon: 1e-5, maxPositions: 4096 });
    const rope = readRope(fields, { theta: 10_000, ...sizes, partial: true, originalPositions: 4096, aliases });
    const layer = fields.has("sliding_window") ? { rope, window: fields.size("sliding_window") } : { rope };
    return {
      family: "phi3",
      ...sizes,
      ...layersOf([layer], sizes.maxPositions),
      ...readActivation(fields, "hidden_act"),
    };
  },
};
