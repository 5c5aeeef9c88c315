/** Tiny random models, one folder a family, with what Hugging Face transformers makes of them: ../shared/fixtures/families. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type LoadedModel, loadModel, openSafetensors } from "@anabranch/checkpoints";
import type { BackendModel, RowRead, RowResult, Sequence } from "@anabranch/core";
import { sharedFile } from "./shared.js";

const folder = sharedFile("fixtures/families");
const there = existsSync(folder);

/** One name that stands for all where they are absent, so that a test of each is seen to be skipped. */
export const familyNames: readonly string[] = there ? readdirSync(folder) : ["none"];

/** For a title: why its tests are skipped; empty where the fixtures are there. */
export const familiesAbsent = there ? "" : ` (skipped: ${folder} is not there)`;

export interface FamilyFixture {
  readonly loaded: LoadedModel;
  readonly ids: readonly number[];
  /** How many of `ids` are the prompt of `greedy`. */
  readonly prompt: number;
  readonly greedy: readonly number[];
  /** [ids, vocabulary], float32 */
  readonly logits: Float32Array;
}

export async function readFamily(name: string): Promise<FamilyFixture> {
  const loaded = await loadModel(`${folder}/${name}`);
  const given = JSON.parse(readFileSync(`${folder}/${name}/case.json`, "utf8")) as Omit<FamilyFixture, "loaded">;
  const file = await openSafetensors(`${folder}/${name}/expected.safetensors`);
  const logits = (await file.read("logits")) as Float32Array;
  await file.close();
  return { ...given, loaded, logits };
}

/** Logits after each token of a text, one after the other: [tokens, vocabulary] */
export async function logitsOf(model: BackendModel, tokens: readonly number[]): Promise<Float32Array> {
  const sequence = await model.createSequence();
  const rows = await extend(model, sequence, tokens, { logits: true });
  await sequence.dispose();
  return Float32Array.from(rows.flatMap((row) => [...(row.logits as Float32Array)]));
}

/** The tokens that a model goes on with, one a pass. */
export async function greedyTokens(model: BackendModel, prompt: readonly number[], count: number): Promise<number[]> {
  const sequence = await model.createSequence();
  const tokens: number[] = [];
  for (let next = prompt; tokens.length < count; next = tokens.slice(-1)) {
    tokens.push((await extend(model, sequence, next, { argmax: true })).at(-1)?.argmax as number);
  }
  await sequence.dispose();
  return tokens;
}

/** Passes and commits tokens as a chain. */
async function extend(
  model: BackendModel,
  sequence: Sequence,
  tokens: readonly number[],
  read: RowRead,
): Promise<readonly RowResult[]> {
  const rows = tokens.map((token, index) => ({ token, parent: index - 1, read }));
  const [result] = await model.pass([{ sequence, rows }]);
  await model.commit([{ sequence, path: rows.map((_, index) => index) }]);
  return result?.rows ?? [];
}
