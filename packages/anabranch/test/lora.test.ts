import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type NewTensor, saveModel, writeSafetensors } from "@anabranch/checkpoints";
import { linearShape, type ModelWeights, parameterNames, seededRandom, toFloat32 } from "@anabranch/core";
import { beforeAll, describe, expect, it } from "vitest";
import { load } from "../src/index.js";
import { temporaryFolder } from "./support/temporary-folder.js";
import { saveTinyModel } from "./support/tiny-model.js";

const [rank, alpha] = [2, 6];
const modules = ["q_proj", "v_proj", "down_proj"] as const;
const prompt = "name[The Mill]";

let folder: string;
let base: string;
let weights: ModelWeights;
beforeAll(async () => {
  folder = await temporaryFolder();
  base = join(folder, "base");
  weights = await saveTinyModel(base);
});

/** Writes a LoRA for the upper layer as PEFT would, and the base model with it merged by definition. */
async function saveLora(name: string, config: Record<string, unknown> = {}): Promise<{ lora: string; merged: string }> {
  const [lora, merged] = [join(folder, name), join(folder, `${name}-merged`)];
  const random = seededRandom(11);
  const scale = config["use_rslora"] === true ? alpha / Math.sqrt(rank) : alpha / rank;
  const files = new Map<string, NewTensor>();
  const tensors = new Map(weights.tensors);
  for (const module of modules) {
    const [out, input] = linearShape(weights.spec, module);
    const down = Float32Array.from({ length: rank * input }, () => random() - 0.5);
    const up = Float32Array.from({ length: out * rank }, () => random() - 0.5);
    const weight = parameterNames.linear(1, module);
    const stem = `base_model.model.${weight.replace(/\.weight$/, "")}`;
    files.set(`${stem}.lora_A.weight`, { shape: [rank, input], data: down });
    files.set(`${stem}.lora_B.weight`, { shape: [out, rank], data: up });
    const data = Float32Array.from(toFloat32(weights.tensors.get(weight) as never), (value, at) => {
      const [row, column] = [Math.floor(at / input), at % input];
      let sum = 0;
      for (let inner = 0; inner < rank; inner++) {
        sum += (up[row * rank + inner] as number) * (down[inner * input + column] as number);
      }
      return value + scale * sum;
    });
    tensors.set(weight, { format: "f32", shape: [out, input], data });
  }
  await mkdir(lora, { recursive: true });
  await writeSafetensors(join(lora, "adapter_model.safetensors"), files);
  const fields = { peft_type: "LORA", r: rank, lora_alpha: alpha, target_modules: modules, bias: "none", ...config };
  await writeFile(join(lora, "adapter_config.json"), JSON.stringify(fields));
  await saveTinyModel(merged);
  await saveModel(merged, { spec: weights.spec, tensors }, { format: "f32" });
  return { lora, merged };
}

async function written(model: string, adapter?: string): Promise<string> {
  const loaded = await load(model, { threads: 1, ...(adapter === undefined ? {} : { adapter }) });
  const text = await loaded.generate(prompt, { maxTokens: 24 }).text();
  await loaded.dispose();
  return text;
}

describe("a plain LoRA of PEFT as adapter", () => {
  it.each([{}, { use_rslora: true }])("makes the model that the merged one is, %j", async (config) => {
    const { lora, merged } = await saveLora(`lora-${Object.keys(config).length}`, config);
    const text = await written(base, lora);
    expect(text).toBe(await written(merged));
    expect(text).not.toBe(await written(base));
  });

  it.each([{ use_dora: true }, { bias: "all" }, { modules_to_save: ["lm_head"] }, { rank_pattern: { q_proj: 4 } }])(
    "is refused where it is more than that, %j",
    async (config) => {
      const { lora } = await saveLora("more", config);
      const [field = ""] = Object.keys(config);
      await expect(load(base, { adapter: lora })).rejects.toMatchObject({ code: "UNSUPPORTED", subject: field });
    },
  );

  it("is refused by a model of other shapes", async () => {
    const { lora } = await saveLora("rank", { r: 4 });
    await expect(load(base, { adapter: lora })).rejects.toMatchObject({ code: "WRONG_BASE_MODEL" });
  });
});
