// ship.ts ADAPTER_FROM ADAPTER_TO [LORA_FROM LORA_TO]: the same with the base's name on the hub.
import { readFileSync } from "node:fs";
import { linearModules, parameterNames } from "@anabranch/core";
import { loadAdapter, loadLora, saveAdapter, saveLora } from "@anabranch/checkpoints";
const baseModel = "HuggingFaceTB/SmolLM2-135M-Instruct";
const [from, to, loraFrom, loraTo] = process.argv.slice(2) as [string, string, string?, string?];
const { adapter, ...settings } = await loadAdapter(from);
await saveAdapter(to, adapter, { ...settings, format: "int8", baseModel } as never);
const again = (await loadAdapter(to)).adapter;
for (const [name, { data }] of adapter.tensors) if (!data.every((v, i) => v === again.tensors.get(name)?.data[i])) throw new Error(name);
if (loraFrom && loraTo) {
  const config = JSON.parse(readFileSync(`${loraFrom}/adapter_config.json`, "utf8"));
  const spec = { rank: config.r, alpha: config.lora_alpha, modules: config.target_modules, layers: config.layers_to_transform };
  const base = { vocabularySize: 49152, hiddenSize: 576, layers: 30, heads: 9, kvHeads: 3, headSize: 64, mlpSize: 1536, family: "llama", tiedHead: true } as never;
  const { pairs } = await loadLora(loraFrom, base);
  const tensors = new Map();
  for (const layer of spec.layers) for (const module of spec.modules) {
    const pair = pairs.get(parameterNames.linear(layer, module))!;
    tensors.set(parameterNames.loraDown(layer, module), pair.down); tensors.set(parameterNames.loraUp(layer, module), pair.up);
  }
  await saveLora(loraTo, { spec, tensors, baseModel, format: "int8" });
  const { pairs: written } = await loadLora(loraTo, base);
  for (const [name, pair] of pairs) if (!pair.down.data.every((v, i) => v === written.get(name)?.down.data[i])) throw new Error(name);
}
