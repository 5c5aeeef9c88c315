import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createOnnxBackend } from "@anabranch/backend-onnx";
import {
  type BackendModel,
  baseParameterShapes,
  type Float32Tensor,
  type ModelSpec,
  type ModelWeights,
  seededRandom,
} from "@anabranch/core";
import { lossless } from "@anabranch/model-e2e";
import { DEMO_FACTS } from "../src/cli/demo-facts.js";
import { load } from "../src/index.js";
import { smallModelSpec } from "../src/train/recipe.js";

export interface BenchModel {
  readonly description: string;
  readonly model: BackendModel;
  readonly prompts: readonly (readonly number[])[];
}

/** The shape of the small model that ships. */
const spec = smallModelSpec(2048);

/** The embedded model with facts as prompts, or a model of its shape with random weights and prompts. */
export async function benchModel(threads: number, random: boolean): Promise<BenchModel> {
  if (!random && existsSync(fileURLToPath(new URL("model.safetensors", lossless.model)))) {
    const { model, tokenizer } = await load(lossless.model, { threads });
    const prompts = DEMO_FACTS.map((facts) => tokenizer.encode(facts));
    return { description: describe("the embedded model", model.spec), model, prompts };
  }
  const model = await createOnnxBackend({ threads }).load(randomWeights());
  const prompts = [1, 2, 3].map(randomPrompt);
  return { description: describe("random weights", spec), model, prompts };
}

function describe(name: string, { layers, hiddenSize, mlpSize, vocabularySize }: ModelSpec): string {
  return `${name}: ${layers} layers, hidden ${hiddenSize}, MLP ${mlpSize}, vocabulary ${vocabularySize}, float32`;
}

function randomWeights(): ModelWeights {
  const random = seededRandom(1);
  const tensors = new Map<string, Float32Tensor>();
  for (const [name, shape] of baseParameterShapes(spec)) {
    const size = shape.reduce((product, length) => product * length, 1);
    const data = Float32Array.from({ length: size }, () => (shape.length === 1 ? 1 : 0.4 * (random() - 0.5)));
    tensors.set(name, { format: "f32", shape, data });
  }
  return { spec, tensors };
}

function randomPrompt(seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: 40 }, () => Math.floor(random() * spec.vocabularySize));
}
