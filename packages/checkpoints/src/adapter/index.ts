export type { AdapterSettings } from "./adapter-settings.js";
export { foldLora } from "./fold-lora.js";
export { type LoadAdapterOptions, type LoadedAdapter, loadAdapter } from "./load-adapter.js";
export { type Lora, type LoraPair, loadLora } from "./load-lora.js";
export { isLora } from "./lora-config.js";
export { type SaveAdapterOptions, saveAdapter } from "./save-adapter.js";
export { type NewLora, saveLora } from "./save-lora.js";
