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

/**
 * Every tensor that an adapter with these streams has. LoRA has PEFT's names; what PEFT knows nothing of lies below
 * `anabranch.`, where `anabranch.pruning.` and `anabranch.markov.` are reserved (docs/formats.md).
 */
export function adapterTensors(streams: StreamSpec): AdapterTensor[] {
  const { gamma, initialisationRank: rank, lora } = streams;
  const tensors: AdapterTensor[] = [
    { name: parameterNames.streamEmbedding, fileName: "anabranch.streams.embedding", shape: [gamma, null] },
  ];
  if (rank !== undefined) {
    tensors.push(
      { name: parameterNames.streamMapDown, fileName: "anabranch.streams.map_a", shape: [rank, null] },
      { name: parameterNames.streamMapUp, fileName: "anabranch.streams.map_b", shape: [null, rank] },
    );
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
