import type { StoredNames } from "./stored-name.js";

/** Our own names are Llama's, which Mistral, Qwen and SmolLM share. */
export const llamaNames: StoredNames = {
  prefixes: ["model.", ""],
  heads: ["lm_head.weight"],
  of: (parameter) => ({ name: parameter.replace(/^model\./, "") }),
};
