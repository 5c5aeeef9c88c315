import { type Backend, type Capabilities, checkModelWeights, throwIfAborted } from "../contract/index.js";
import { UnsupportedError } from "../errors/index.js";
import type { ModelSpec } from "../model/index.js";
import { ReferenceModel } from "./reference-model.js";

function capabilitiesFor(spec: ModelSpec): Capabilities {
  return {
    maxRows: 1024,
    maxSequences: 64,
    maxPositions: spec.maxPositions,
    weightFormats: ["f32", "int8-block"],
    streamModes: ["shared", "lossless"],
    parallelStreams: true,
    deferredStreams: true,
    pruning: true,
    vocabularyBias: true,
    hiddenStates: true,
    fork: true,
    rowIndependent: true,
  };
}

/**
 * The truth that other backends are held against: the contract on top of the reference interpreter, in float64. It keeps
 * no keys and no values; every pass runs the whole text again. Slow on purpose.
 */
export function createReferenceBackend(): Backend {
  return {
    specificationVersion: "v1",
    name: "reference",
    async load(weights, { signal } = {}) {
      throwIfAborted(signal, "Loading a model");
      const capabilities = capabilitiesFor(weights.spec);
      checkModelWeights(weights);
      for (const [name, tensor] of weights.tensors) {
        if (!capabilities.weightFormats.includes(tensor.format)) {
          throw new UnsupportedError(`${name} has the format ${tensor.format}.`, { subject: name });
        }
      }
      return new ReferenceModel(weights, capabilities);
    },
  };
}
