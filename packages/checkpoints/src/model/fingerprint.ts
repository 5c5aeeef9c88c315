import { baseParameterShapes, type ModelWeights, toFloat32 } from "@anabranch/core";
import { joinParts } from "../bytes/folder.js";
import { sha256 } from "../bytes/sha256.js";
import { requireTensor } from "./require-tensor.js";

/**
 * What an adapter remembers of its base model: SHA-256 over the spec as JSON (keys sorted) and the float32 bytes of all
 * norm weights in the order of the layers. Norms are never quantised, so a model keeps its fingerprint in every format.
 *
 * @throws MissingTensorError when a norm is not there
 */
export async function fingerprint(weights: ModelWeights): Promise<string> {
  const parts = [new TextEncoder().encode(canonicalJson(weights.spec))];
  for (const [name, shape] of baseParameterShapes(weights.spec)) {
    if (shape.length !== 1) continue;
    const { buffer, byteOffset, byteLength } = toFloat32(requireTensor(weights.tensors, name, "the model"));
    parts.push(new Uint8Array(buffer, byteOffset, byteLength) as Uint8Array<ArrayBuffer>);
  }
  return sha256(joinParts(parts));
}

/** JSON with every object's keys sorted: one text for one value. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
