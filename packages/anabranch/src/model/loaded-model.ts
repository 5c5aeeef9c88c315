import type { AdapterHandle, BackendModel, Opening, Phrases } from "@anabranch/core";
import type { Tokenizer } from "@anabranch/tokenizers";
import type { Budgeting } from "./drafting.js";

/** What `load` puts together. */
export interface LoadedModel {
  /** The folder that it was loaded from. */
  readonly name: string;
  /** The adapter's folder. */
  readonly adapterName: string | undefined;
  readonly backendName: string;
  /** The backend's model, for whoever wants to drive passes. */
  readonly model: BackendModel;
  readonly tokenizer: Tokenizer;
  readonly adapter: AdapterHandle | undefined;
  /** How texts begin, as the adapter counted it; drafted with the prompt's pass. */
  readonly opening: Opening | undefined;
  /** What the model mostly says, as the adapter counted it; drafted without any pass. */
  readonly phrases?: Phrases | undefined;
  /** What calls cost on this machine; undefined in browsers, and without streams. */
  readonly budgeting?: Budgeting | undefined;
  /** Tokens that end a text. */
  readonly stopTokens: ReadonlySet<number>;
  /**
   * What is not offered or not used of the model's files (tensors that no layer reads, a context cut short) and of the machine
   * (threads).
   */
  readonly warnings: readonly string[];
}
