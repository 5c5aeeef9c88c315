import type { Family } from "./family.js";
import { gemma3 } from "./gemma3.js";
import { gpt2 } from "./gpt2.js";
import { llama } from "./llama.js";
import { mistral } from "./mistral.js";
import { opt } from "./opt.js";
import { phi3 } from "./phi3.js";
import { qwen2 } from "./qwen2.js";
import { qwen3 } from "./qwen3.js";
import { smollm3 } from "./smollm3.js";

/** By `model_type`. gemma3 is the name of a file that holds a `text_config`. */
export const families: ReadonlyMap<unknown, Family> = new Map([
  ["llama", llama],
  ["mistral", mistral],
  ["qwen2", qwen2],
  ["qwen3", qwen3],
  ["phi3", phi3],
  ["gemma3_text", gemma3],
  ["gemma3", gemma3],
  ["smollm3", smollm3],
  ["opt", opt],
  ["gpt2", gpt2],
]);
