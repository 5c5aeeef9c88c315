import { type LinearModule, type ModelWeights, parameterNames, toFloat32, type WeightTensor } from "@anabranch/core";
import { float, int, OnnxBuilder } from "../../../src/lowering/onnx-builder.js";
import { ElementType, type ModelMessage } from "../../../src/proto/messages.js";
import { embed, tiedHead } from "./embedding.js";
import { multiply } from "./linear-maps.js";
import { rotaryCaches } from "./rotary-caches.js";

/**
 * A Llama with a tied head, in the layout that transformers.js reads and with the fused operators of Hugging Face's current exports
 * (ONNX Runtime GenAI's model builder writes them): one product for q, k and v, GroupQueryAttention that turns by position
 * itself, SkipSimplifiedLayerNormalization; `num_logits_to_keep` spares the head's work on a prompt.
 */
export function decoderGraph({ spec, tensors }: ModelWeights): ModelMessage {
  const onnx = new OnnxBuilder();
  const weight = (name: string): WeightTensor => tensors.get(name) as WeightTensor;
  const norm = (name: string): string => onnx.floats(name, [spec.hiddenSize], toFloat32(weight(name)));
  const linear = (x: string, layer: number, ...modules: LinearModule[]): string => {
    const names = modules.map((module) => parameterNames.linear(layer, module));
    return multiply(onnx, x, `layers.${layer}.${modules.join("_")}`, names.map(weight));
  };
  const rms = { attributes: { epsilon: float(spec.normEpsilon), axis: int(-1), stash_type: int(1) } };
  const skipRms = { attributes: { epsilon: float(spec.normEpsilon) }, contrib: true };

  onnx.input({ name: "input_ids", type: ElementType.int64, dims: ["batch_size", "sequence"] });
  onnx.input({ name: "attention_mask", type: ElementType.int64, dims: ["batch_size", "total"] });
  onnx.input({ name: "num_logits_to_keep", type: ElementType.int64, dims: [] });
  const lengths = [...sequenceLengths(onnx), ...rotaryCaches(onnx, spec)];
  const table = weight(parameterNames.embedding);
  let residual = embed(onnx, table, "input_ids");
  let x = onnx.step(
    "layers.0.norm",
    "SimplifiedLayerNormalization",
    [residual, norm(parameterNames.attentionNorm(0))],
    rms,
  );
  for (let layer = 0; layer < spec.layers; layer++) {
    const packed = linear(x, layer, "q_proj", "k_proj", "v_proj");
    const attended = attention(onnx, layer, packed, lengths, spec);
    const projected = linear(attended, layer, "o_proj");
    const inner = `layers.${layer}.mlp_norm`;
    const mlpNorm = norm(parameterNames.mlpNorm(layer));
    onnx.node(
      "SkipSimplifiedLayerNormalization",
      [residual, projected, mlpNorm],
      [inner, "", "", `${inner}.sum`],
      skipRms,
    );
    const gate = linear(inner, layer, "gate_proj");
    const sigmoid = onnx.step(`layers.${layer}.sigmoid`, "Sigmoid", [gate]);
    const active = onnx.step(`layers.${layer}.silu`, "Mul", [gate, sigmoid]);
    const product = onnx.step(`layers.${layer}.gated`, "Mul", [active, linear(inner, layer, "up_proj")]);
    const down = linear(product, layer, "down_proj");
    const last = layer === spec.layers - 1;
    const nextNorm = norm(last ? parameterNames.finalNorm : parameterNames.attentionNorm(layer + 1));
    const next = `layers.${layer + 1}.norm`;
    const sum = last ? [] : ["", "", `${next}.sum`];
    onnx.node("SkipSimplifiedLayerNormalization", [`${inner}.sum`, down, nextNorm], [next, ...sum], skipRms);
    residual = `${next}.sum`;
    x = next;
  }
  // All rows where it is 0, as transformers.js has it.
  const count = onnx.step("kept/count", "Reshape", ["num_logits_to_keep", onnx.ints([1])]);
  const start = onnx.step("kept/start", "Neg", [count]);
  const kept = onnx.step("kept", "Slice", [x, start, onnx.ints([2 ** 31]), onnx.ints([1])]);
  onnx.node("Identity", [tiedHead(onnx, table, kept)], ["logits"]);
  onnx.output({ name: "logits", type: ElementType.float32, dims: ["batch_size", "kept", spec.vocabularySize] });
  return onnx.build("decoder");
}

/** What GroupQueryAttention wants of the mask: each sequence's last position, and the length of the longest. */
function sequenceLengths(onnx: OnnxBuilder): string[] {
  const toInt32 = { attributes: { to: int(ElementType.int32) } };
  const keep = { attributes: { keepdims: int(0) } };
  const sum = onnx.step("mask/sum", "ReduceSum", ["attention_mask", onnx.ints([1])], keep);
  const last = onnx.step("mask/last", "Sub", [sum, onnx.ints([1])]);
  const shape = onnx.step("mask/shape", "Shape", ["attention_mask"]);
  const total = onnx.step("mask/total", "Gather", [shape, onnx.ints([1])]);
  return [
    onnx.step("seqlens_k", "Cast", [last], toInt32),
    onnx.step("total_sequence_length", "Cast", [total], toInt32),
  ];
}

function attention(
  onnx: OnnxBuilder,
  layer: number,
  packed: string,
  lengths: readonly string[],
  { heads, kvHeads, headSize }: ModelWeights["spec"],
): string {
  const past = ["key", "value"].map((what) => `past_key_values.${layer}.${what}`);
  const present = ["key", "value"].map((what) => `present.${layer}.${what}`);
  const type = ElementType.float32;
  for (const name of past) onnx.input({ name, type, dims: ["batch_size", kvHeads, "past", headSize] });
  for (const name of present) onnx.output({ name, type, dims: ["batch_size", kvHeads, "total", headSize] });
  const out = `layers.${layer}.attention`;
  onnx.node("GroupQueryAttention", [packed, "", "", ...past, ...lengths], [out, ...present], {
    attributes: {
      num_heads: int(heads),
      kv_num_heads: int(kvHeads),
      scale: float(headSize ** -0.5),
      do_rotary: int(1),
      rotary_interleaved: int(0),
    },
    contrib: true,
  });
  return out;
}
