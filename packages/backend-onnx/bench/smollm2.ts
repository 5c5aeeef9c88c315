/** SmolLM2-135M-Instruct in the formats that the benchmarks compare. Big files go to a folder of the system's temporary one. */
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const shared = fileURLToPath(new URL("../../../../shared/", import.meta.url));

export const sharedFile = (path: string): string => join(shared, path);

export const modelFile = sharedFile("models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");

/** Converted copies and GGUF files made for the benchmarks. */
export const benchCache = join(tmpdir(), "anabranch-bench");

export interface Reference {
  readonly ids: readonly number[];
  /** The most probable next token at every position of `ids`. */
  readonly argmax: readonly number[];
  /** Log-probability of `ids[i + 1]` after `ids[i]`. */
  readonly next_logprob: readonly number[];
  readonly greedy: readonly number[];
}

/** Ends the process with a line that says so where the model is not there. */
export function requireModel(): void {
  if (existsSync(modelFile)) return;
  console.log(`Skipped: there is no ${modelFile}.`);
  process.exit(0);
}

export function references(): readonly Reference[] {
  return JSON.parse(readFileSync(sharedFile("fixtures/smollm2-reference.json"), "utf8")) as Reference[];
}

/** A text of `length` tokens, the reference's one after the other. */
export function promptOf(length: number): number[] {
  const tokens = references().flatMap(({ ids, greedy }) => [...ids, ...greedy]);
  return Array.from({ length }, (_, index) => tokens[index % tokens.length] as number);
}
