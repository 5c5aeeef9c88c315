import { gemma3Names } from "./gemma3.js";
import { gpt2Names } from "./gpt2.js";
import { llamaNames } from "./llama.js";
import { optNames } from "./opt.js";
import { phi3Names } from "./phi3.js";
import type { StoredNames } from "./stored-name.js";

/** Families whose checkpoints differ from Llama's. */
const families: Readonly<Record<string, StoredNames>> = {
  gemma3: gemma3Names,
  gpt2: gpt2Names,
  opt: optNames,
  phi3: phi3Names,
};

export function storedNamesOf(family: string): StoredNames {
  return Object.hasOwn(families, family) ? (families[family] as StoredNames) : llamaNames;
}
