import { MissingTensorError, ShapeMismatchError, type WeightTensor } from "@anabranch/core";
import type { TensorSource } from "../../model/tensor-source.js";
import type { GgufFile } from "../open-gguf.js";
import { architectureOf } from "./gguf-config.js";
import { undoRopePairs } from "./rope-pairs.js";
import { huggingFaceName } from "./tensor-names.js";

/** What the config already speaks for. */
const IN_CONFIG = new Set(["rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight"]);

const TURNED = /\.self_attn\.([qk])_proj\.(weight|bias)$/;

/**
 * The tensors of a GGUF file under their Hugging Face names, query and key rows in Hugging Face's order. Q8_0 matrices stay
 * 8-bit, value for value; everything else becomes float32.
 *
 * @throws UnsupportedError for an architecture that is not computed
 */
export function ggufTensors(file: GgufFile): TensorSource {
  const { name: architectureName, architecture } = architectureOf(file);
  const stored = new Map<string, string>();
  for (const name of file.tensors.keys()) {
    if (!IN_CONFIG.has(name)) stored.set(huggingFaceName(name, architecture.names) ?? name, name);
  }
  const headCount = (of: string): number => {
    const all = file.metadata.get(`${architectureName}.attention.head_count`);
    const kv = file.metadata.get(`${architectureName}.attention.head_count_kv`) ?? all;
    const value = of === "q" ? all : kv;
    return Number(Array.isArray(value) ? value[0] : value);
  };
  return {
    name: file.name,
    convention: "llama.cpp",
    has: (name) => stored.has(name),
    names: () => stored.keys(),
    read: async (name) => {
      const ggufName = stored.get(name);
      if (ggufName === undefined) {
        throw new MissingTensorError(`${file.name} has no tensor for "${name}".`, { subject: name });
      }
      const tensor = await file.readWeight(ggufName);
      const turned = architecture.ropePairs ? TURNED.exec(name) : null;
      if (turned !== null) undoPairs(tensor, headCount(turned[1] as string), ggufName, file.name);
      return tensor;
    },
  };
}

function undoPairs(tensor: WeightTensor, heads: number, name: string, file: string): void {
  const rows = tensor.shape[0] ?? 0;
  if (!Number.isInteger(rows / heads / 2)) {
    throw new ShapeMismatchError(`${file}: the ${rows} rows of "${name}" are not ${heads} heads of pairs.`, {
      subject: name,
    });
  }
  undoRopePairs(tensor, heads);
}
