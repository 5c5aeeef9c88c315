import { parameterNames, type StreamSpec } from "@anabranch/core";

/** A tensor of an adapter: its name in memory, its name on disk, and what is known of its shape without the base model. */
export interface AdapterTensor {
  readonly name: string;
  readonly fileName: string;
  /** null: given by the base model. */
  readonly shape: readonly [number | null, number | null];
}

/** Where an adapter's counted transitions stand: [n, 4], whole numbers as F32. */
export const TRANSITIONS_TENSOR = "anabranch.transitions";

/** Where an adapter's phrases stand: [n, 4], whole numbers as F32. */
export const PHRASES_TENSOR = "anabranch.phrases";

/** Where an adapter's draft vocabulary stands: [n, 1], token ids as F32. */
export const DRAFT_VOCABULARY_TENSOR = "anabranch.draft_vocabulary";

/**
 * Every tensor that an adapter with these streams has. LoRA has PEFT's names; what PEFT knows nothing of lies below
 * `anabranch.` (docs/formats.md).
 */
export function adapterTensors(streams: StreamSpec): AdapterTensor[] {
  const { gamma, initialisationRank: rank, valueRotation, lora, markov, pruning } = streams;
  const tensors: AdapterTensor[] = [];
  if (valueRotation === undefined) {
    tensors.push({
      name: parameterNames.streamEmbedding,
      fileName: "anabranch.streams.embedding",
      shape: [gamma, null],
    });
  }
  if (rank !== undefined) {
    tensors.push(
      { name: parameterNames.streamMapDown, fileName: "anabranch.streams.map_a", shape: [rank, null] },
      { name: parameterNames.streamMapUp, fileName: "anabranch.streams.map_b", shape: [null, rank] },
    );
  }
  if (pruning !== undefined) {
    tensors.push(
      { name: parameterNames.pruneDown, fileName: "anabranch.pruning.a", shape: [pruning.rank, null] },
      { name: parameterNames.pruneUp, fileName: "anabranch.pruning.b", shape: [null, pruning.rank] },
    );
  }
  if (markov !== undefined) {
    const add = (name: string, fileName: string, shape: AdapterTensor["shape"]) =>
      void tensors.push({ name, fileName: `anabranch.markov.${fileName}`, shape });
    add(parameterNames.markovDown, "a", [markov.rank, null]);
    if (markov.kind === "rnn") add(parameterNames.markovRecurrent, "r", [markov.rank, markov.rank]);
    for (let stream = 1; stream <= gamma; stream++) {
      add(parameterNames.markovUp(stream), `b.${stream}`, [null, markov.rank]);
    }
  }
  for (const layer of lora?.layers ?? []) {
    for (const module of lora?.modules ?? []) {
      const prefix = `base_model.model.${parameterNames.linear(layer, module).replace(/\.weight$/, "")}`;
      tensors.push(
        {
          name: parameterNames.loraDown(layer, module),
          fileName: `${prefix}.lora_A.weight`,
          shape: [lora?.rank ?? null, null],
        },
        {
          name: parameterNames.loraUp(layer, module),
          fileName: `${prefix}.lora_B.weight`,
          shape: [null, lora?.rank ?? null],
        },
      );
    }
  }
  return tensors;
}
