import { loadAdapter, loadModel, saveAdapter } from "@anabranch/checkpoints";
import { countOpening, type Opening } from "@anabranch/core";
import { decodeSet } from "../evaluate/decode-set.js";
import { makeDrafter } from "../model/drafting.js";
import { load } from "../model/load.js";

/** Tokens of an opening, texts that a path must begin to be kept, and how far into the prompt copies reach. */
const counting = { depth: 8, minimumCount: 6, copyWithin: 12 } as const;

export interface LearnOpeningOptions {
  /** Prompts of the TRAINING split. */
  readonly prompts: readonly (readonly number[])[];
  readonly format: "int8" | "f32";
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Counts how the model begins its texts, on training prompts, and puts that into the adapter, whose prefill passes then
 * verify a draft of the first words.
 */
export async function learnOpening(model: string, adapter: string, options: LearnOpeningOptions): Promise<Opening> {
  const { prompts, format, threads, signal, onProgress } = options;
  const loaded = await load(model, { adapter, ...(threads === undefined ? {} : { threads }) });
  try {
    const { sequences } = await decodeSet(loaded, prompts, {
      drafter: await makeDrafter(loaded.model, loaded.adapter, undefined, {}),
      maxTokens: counting.depth,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onSequence: (done: number) => onProgress(done, prompts.length) }),
    });
    const texts = sequences.map(({ tokens }, index) => ({ prompt: prompts[index] ?? [], completion: tokens }));
    const opening = countOpening(texts, counting);
    const { weights } = await loadModel(model);
    const { adapter: kept, ...settings } = await loadAdapter(adapter, { base: weights });
    await saveAdapter(adapter, kept, { ...settings, opening, format });
    return opening;
  } finally {
    await loaded.dispose();
  }
}
