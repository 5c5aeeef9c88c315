import type { ModelWeights } from "../model/index.js";
import type { BackendModel, CallOptions } from "./model.js";

/**
 * The contract between the algorithm and whatever computes: types only. It is not an inference engine's interface (it knows
 * no text, no sampling, no requests), and not a tensor library's (no tensor leaves it unasked). Tree attention, plain
 * decoding, prefill and streams are all rows of a pass.
 *
 * `@anabranch/conformance` is the suite that every implementation passes.
 */
export interface Backend {
  readonly specificationVersion: "v1";
  /** Short and stable: "reference", "onnx". */
  readonly name: string;
  /**
   * Takes the weights in. They may be shared with, or copied from, `weights`; do not write to them afterwards.
   * @throws UnsupportedError for a weight format or a model that capabilities do not cover; ShapeMismatchError,
   * MissingTensorError; AbortedError.
   */
  load(weights: ModelWeights, options?: CallOptions): Promise<BackendModel>;
}
