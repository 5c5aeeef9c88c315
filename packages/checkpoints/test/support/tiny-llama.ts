import { baseParameterShapes, type Float32Tensor } from "@anabranch/core";
import { readModelConfig } from "../../src/index.js";
import { floats } from "./arbitrary-model.js";

/** A random Llama of a few thousand weights, with a config as Hugging Face writes it. Rows of matrices are blocks of 32. */
export function tinyLlama(): { config: Record<string, unknown>; tensors: Map<string, Float32Tensor> } {
  const config = {
    model_type: "llama",
    architectures: ["LlamaForCausalLM"],
    vocab_size: 40,
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    max_position_embeddings: 128,
    tie_word_embeddings: false,
    bos_token_id: 1,
    eos_token_id: 2,
  };
  const tensors = new Map<string, Float32Tensor>();
  for (const [name, shape] of baseParameterShapes(readModelConfig(config).spec)) {
    const count = shape.reduce((product, size) => product * size, 1);
    tensors.set(name, { format: "f32", shape, data: floats(count, "finite", tensors.size) });
  }
  return { config, tensors };
}
