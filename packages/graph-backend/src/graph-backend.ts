import type { WeightFormat } from "@anabranch/checkpoints";
import {
  type Backend,
  type Capabilities,
  checkModelWeights,
  type GraphRuntime,
  InvalidArgumentError,
  type ModelSpec,
  throwIfAborted,
  type WeightTensor,
} from "@anabranch/core";
import type { DraftWeights } from "./draft-weights.js";
import { GraphModel } from "./graph-model.js";
import type { OpenRuntime } from "./model-runtime.js";
import { prepareWeights } from "./prepare-weights.js";

/** Limits and choices of a backend, whatever runs its graphs. */
export interface GraphBackendLimits {
  /** Rows of one pass, all sequences together; 512 when absent. */
  readonly maxRows?: number;
  /** Rows of a pass in which prompts are taken in; 128, or `maxRows` where that is fewer, when absent. */
  readonly promptRows?: number;
  /** Sequences that may share one pass; 64 when absent. */
  readonly maxSequences?: number;
  /** Tokens that all sequences of a model may hold together; as many as memory has room for when absent. */
  readonly maxSlots?: number;
  /** What matrices are computed with; converted when the model is loaded. as-stored when absent. */
  readonly weights?: WeightFormat;
  /**
   * Weights a scale where matrices are rounded to 8 or 4 bits: 32, 64 or 128; 32 when absent. Larger blocks are faster and
   * less exact.
   */
  readonly blockSize?: number;
  /**
   * What deferred streams compute with: the weights as loaded, or rounded to 8 bits, which is faster and changes which
   * tokens are drafted, never which are accepted; as-loaded when absent.
   */
  readonly draftWeights?: DraftWeights;
}

export interface GraphBackendOptions extends GraphBackendLimits {
  readonly name: string;
  /** One for all models, or what opens one for each. */
  readonly runtime: GraphRuntime | OpenRuntime;
  readonly weightFormats: readonly WeightTensor["format"][];
  /** See `Capabilities.rowIndependent`; false when absent. */
  readonly rowIndependent?: boolean;
}

/**
 * The backend contract on anything that runs graphs.
 * @throws InvalidArgumentError for a limit that is not a positive whole number
 */
export function createGraphBackend(options: GraphBackendOptions): Backend {
  const maxSlots = limit("maxSlots", options.maxSlots, Number.MAX_SAFE_INTEGER);
  const capabilities = capabilitiesOf(options, maxSlots);
  return {
    specificationVersion: "v1",
    name: options.name,
    async load(weights, call) {
      throwIfAborted(call?.signal, "Loading a model");
      checkModelWeights(weights);
      const prepared = prepareWeights(weights, options.weightFormats, {
        format: options.weights ?? "as-stored",
        blockSize: options.blockSize,
      });
      const drafting = options.draftWeights ?? "as-loaded";
      const { runtime } = options;
      const limits = { capabilities: capabilities(weights.spec), maxSlots };
      if (typeof runtime !== "function") return new GraphModel(runtime, prepared, limits, drafting);
      // What holds the weights itself is given none: they are in memory once.
      const held = { spec: weights.spec, tensors: new Map() };
      return new GraphModel(await runtime(prepared, call), held, limits, drafting);
    },
  };
}

function capabilitiesOf(options: GraphBackendOptions, maxSlots: number): (spec: ModelSpec) => Capabilities {
  const maxRows = limit("maxRows", options.maxRows, 512);
  const promptRows = Math.min(maxRows, limit("promptRows", options.promptRows, 128));
  const maxSequences = limit("maxSequences", options.maxSequences, 64);
  return (spec) => ({
    maxRows,
    promptRows,
    maxSequences,
    maxPositions: Math.min(spec.maxPositions, maxSlots),
    weightFormats: options.weightFormats,
    streamModes: ["shared", "lossless"],
    parallelStreams: true,
    deferredStreams: true,
    pruning: true,
    vocabularyBias: true,
    hiddenStates: true,
    fork: true,
    rowIndependent: options.rowIndependent ?? false,
  });
}

function limit(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError(`${name} is ${value}; it must be a whole number above 0.`, { subject: name });
}
