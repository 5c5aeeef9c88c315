import type { ModelSpec } from "@anabranch/core";

/** Where a parameter of ours stands in a checkpoint. */
export interface StoredName {
  /** Behind the file's prefix. */
  readonly name: string;
  /** Which rows of the stored tensor, from .. to-1; all when absent. */
  readonly rows?: readonly [from: number, to: number];
  /** True: stored as [in, out]. */
  readonly transposed?: boolean;
  /** True: 1 is to be added. */
  readonly plusOne?: boolean;
}

/** How a family's checkpoints name and store tensors. */
export interface StoredNames {
  /** What may stand before every name but the head's, the usual one first. */
  readonly prefixes: readonly string[];
  /** The head's possible names. */
  readonly heads: readonly string[];
  /** Of a parameter other than the head. @param convention that of the file: see `TensorSource` */
  readonly of: (parameter: string, spec: ModelSpec, convention: "hugging-face" | "llama.cpp") => StoredName;
}

/** "model.layers.3.mlp.up_proj.weight" as 3 and "mlp.up_proj.weight"; undefined outside of the layers. */
export function inLayer(parameter: string): { layer: string; inside: string } | undefined {
  const match = /^model\.layers\.(\d+)\.(.+)$/.exec(parameter);
  return match === null ? undefined : { layer: match[1] as string, inside: match[2] as string };
}

/** "self_attn.q_proj.weight" as "self_attn.q_proj" and "weight". */
export function stemAndKind(name: string): { stem: string; kind: string } {
  const dot = name.lastIndexOf(".");
  return { stem: name.slice(0, dot), kind: name.slice(dot + 1) };
}
