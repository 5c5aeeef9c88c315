import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LINEAR_MODULES, type ModelSpec, type StreamMode, type StreamSpec } from "../../src/index.js";
import { type FileTensor, readSafetensors } from "./read-safetensors.js";

const shared = process.env.ANABRANCH_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));
const folder = `${shared}/fixtures/streams-tiny`;

/** Whether the oracle is on this machine; its tests skip where it is not. */
export const hasStreamsTiny = existsSync(folder);

interface Cases {
  readonly streams: { gamma: number; msa_layers: number; lora_rank: number; lora_alpha: number };
  readonly cases: readonly {
    readonly mode: StreamMode;
    readonly name: string;
    readonly ids: readonly number[];
    readonly parent: readonly number[];
    readonly stream_rows: readonly number[];
  }[];
}

/** One case of the oracle, with everything that running it takes. */
export interface StreamsTinyCase {
  readonly spec: ModelSpec;
  readonly streams: StreamSpec;
  /** Base and adapter. */
  readonly parameters: ReadonlyMap<string, FileTensor>;
  /** A token's parent is an earlier one, or -1 for the first. */
  readonly text: { readonly tokens: readonly number[]; readonly parents: readonly number[] };
  readonly streamRows: readonly number[];
  /** Logits: main [rows, vocabulary], streams [stream rows, γ, vocabulary]. */
  readonly expected: { readonly main: FileTensor; readonly streams: FileTensor };
}

function json<T>(file: string): T {
  return JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as T;
}

function readSpec(): ModelSpec {
  const config = json<Record<string, number>>("config.json");
  const field = (name: string): number => config[name] as number;
  return {
    family: "llama",
    vocabularySize: field("vocab_size"),
    hiddenSize: field("hidden_size"),
    layers: field("num_hidden_layers"),
    heads: field("num_attention_heads"),
    kvHeads: field("num_key_value_heads"),
    headSize: field("head_dim"),
    mlpSize: field("intermediate_size"),
    normEpsilon: field("rms_norm_eps"),
    rope: { theta: field("rope_theta") },
    maxPositions: field("max_position_embeddings"),
    tiedHead: true,
  };
}

export function readStreamsTinyCase(mode: StreamMode, name: "prefill" | "tree"): StreamsTinyCase {
  const spec = readSpec();
  const { streams, cases } = json<Cases>("cases.json");
  const found = cases.find((each) => each.mode === mode && each.name === name);
  if (found === undefined) throw new Error(`cases.json has no case ${mode}.${name}.`);
  const layers = Array.from({ length: spec.layers }, (_, layer) => layer);
  const expected = readSafetensors(`${folder}/expected.safetensors`);
  return {
    spec,
    streams: {
      mode,
      gamma: streams.gamma,
      msaLayers: streams.msa_layers,
      lora: {
        rank: streams.lora_rank,
        alpha: streams.lora_alpha,
        modules: LINEAR_MODULES,
        layers: mode === "shared" ? layers : layers.slice(-streams.msa_layers),
      },
    },
    parameters: new Map([
      ...readSafetensors(`${folder}/model.safetensors`),
      ...readSafetensors(`${folder}/adapter-${mode}.safetensors`),
    ]),
    text: { tokens: found.ids, parents: found.parent },
    streamRows: found.stream_rows,
    expected: {
      main: expected.get(`${mode}.${name}.main`) as FileTensor,
      streams: expected.get(`${mode}.${name}.streams`) as FileTensor,
    },
  };
}
