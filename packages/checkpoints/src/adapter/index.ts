export type { AdapterSettings, PruningSettings } from "./adapter-settings.js";
export { type LoadAdapterOptions, type LoadedAdapter, loadAdapter } from "./load-adapter.js";
export { type SaveAdapterOptions, saveAdapter } from "./save-adapter.js";
