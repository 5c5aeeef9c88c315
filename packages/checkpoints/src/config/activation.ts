import type { Activation } from "@anabranch/core";
import type { ConfigFields } from "./config-fields.js";

/** Hugging Face's names. Others (quick_gelu, gelu_fast) are other functions. */
const names = new Map<unknown, Activation>([
  ["silu", "silu"],
  ["swish", "silu"],
  ["gelu", "gelu"],
  ["gelu_new", "gelu_tanh"],
  ["gelu_pytorch_tanh", "gelu_tanh"],
  ["relu", "relu"],
]);

/** The spec's activation, left out where it is Llama's. @throws UnsupportedError naming the field for another function */
export function readActivation(
  fields: ConfigFields,
  name: string,
  otherwise: Activation = "silu",
): { activation?: Activation } {
  const activation = fields.has(name) ? names.get(fields.json[name]) : otherwise;
  if (activation === undefined) throw fields.refused(name);
  return activation === "silu" ? {} : { activation };
}
