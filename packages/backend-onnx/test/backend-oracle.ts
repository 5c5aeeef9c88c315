import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModel, openSafetensors } from "@anabranch/checkpoints";
import { type Adapter, type Float32Tensor, LINEAR_MODULES, type ModelWeights, type StreamMode } from "@anabranch/core";

const beside = fileURLToPath(new URL("../../../../shared", import.meta.url));
export const sharedFolder = process.env.ANABRANCH_SHARED ?? beside;
const folder = join(sharedFolder, "fixtures/streams-tiny");

/** Whether the oracle is on this machine; its tests skip where it is not. */
export const fixtureIsThere = existsSync(folder);

/** A case of the oracle: a text or a tree, and the logits of its rows and streams in float64 rounded to float32. */
export interface OracleCase {
  readonly weights: ModelWeights;
  readonly adapter: Adapter;
  readonly tokens: readonly number[];
  readonly parents: readonly number[];
  readonly streamRows: readonly number[];
  /** Logits of a row: [vocabulary] */
  main(row: number): Float32Array;
  /** Of stream `level` (from 0) beside the index-th of `streamRows`: [vocabulary], and the largest value of its logits. */
  stream(index: number, level: number): { readonly logProbs: readonly number[]; readonly largest: number };
}

export async function loadOracle(mode: StreamMode, name: "prefill" | "tree"): Promise<OracleCase> {
  const { streams, cases } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
  const found = cases.find((each: { mode: string; name: string }) => each.mode === mode && each.name === name);
  const { weights } = await loadModel(folder);
  const { layers, vocabularySize } = weights.spec;
  const first = mode === "shared" ? 0 : layers - streams.msa_layers;
  const expected = await readTensors("expected.safetensors", (tensor) => tensor.startsWith(`${mode}.${name}.`));
  const row = (tensor: string, at: number): Float32Array =>
    (expected.get(`${mode}.${name}.${tensor}`) as Float32Tensor).data.subarray(
      at * vocabularySize,
      (at + 1) * vocabularySize,
    );
  return {
    weights,
    adapter: {
      streams: {
        mode,
        gamma: streams.gamma,
        msaLayers: streams.msa_layers,
        lora: {
          rank: streams.lora_rank,
          alpha: streams.lora_alpha,
          modules: LINEAR_MODULES,
          layers: Array.from({ length: layers - first }, (_, index) => first + index),
        },
      },
      tensors: await readTensors(`adapter-${mode}.safetensors`, () => true),
    },
    tokens: found.ids,
    parents: found.parent,
    streamRows: found.stream_rows,
    main: (at) => row("main", at),
    stream(index, level) {
      const logits = Array.from(row("streams", index * streams.gamma + level));
      const most = Math.max(...logits);
      const logSum = most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
      return { logProbs: logits.map((logit) => logit - logSum), largest: Math.max(...logits.map(Math.abs)) };
    },
  };
}

async function readTensors(file: string, wanted: (name: string) => boolean): Promise<Map<string, Float32Tensor>> {
  const opened = await openSafetensors(join(folder, file));
  const tensors = new Map<string, Float32Tensor>();
  for (const [name, { shape }] of opened.tensors) {
    if (!wanted(name)) continue;
    tensors.set(name, { format: "f32", shape, data: (await opened.read(name)) as Float32Array });
  }
  await opened.close();
  return tensors;
}
