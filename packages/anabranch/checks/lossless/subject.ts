import type { AdapterHandle, Drafter } from "@anabranch/core";
import type { LanguageModel } from "../../src/model/language-model.js";

/** A way to speculate that is held against plain decoding. */
export interface Trial {
  readonly name: string;
  readonly adapter: AdapterHandle;
  /** @param text prompt and continuation, as plain decoding gave them */
  drafter(text: readonly number[], index: number): Drafter;
}

/** A model, the prompts that it continues, and the ways to speculate with it. */
export interface Subject {
  readonly model: LanguageModel;
  readonly prompts: readonly (readonly number[])[];
  readonly maxTokens: number;
  readonly trials: readonly Trial[];
}
