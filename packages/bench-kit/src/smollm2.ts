/** SmolLM2-135M-Instruct in the formats that the benchmarks compare. Big files go to a folder of the system's temporary one. */
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BackendModel, PassRow, Sequence } from "@anabranch/core";
import { sharedFile } from "./shared.js";

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

/** A text of `length` tokens, committed. */
export async function sequenceOf(model: BackendModel, length: number): Promise<Sequence> {
  const sequence = await model.createSequence();
  const { maxRows } = model.capabilities;
  const tokens = promptOf(length);
  for (let from = 0; from < length; from += maxRows) {
    const rows = tokens.slice(from, from + maxRows).map((token, row) => ({ token, parent: row - 1 }));
    await model.pass([{ sequence, rows }]);
    await model.commit([{ sequence, path: rows.map((_, row) => row) }]);
  }
  return sequence;
}

/** Rows one after the other, each of which is asked for its next token. */
export function readRows(count: number): PassRow[] {
  return Array.from({ length: count }, (_, row) => {
    return { token: (row * 37) % 2048, parent: row - 1, read: { argmax: true } };
  });
}
