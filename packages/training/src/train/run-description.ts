import { InvalidArgumentError, type ModelSpec, type StreamSpec } from "@anabranch/core";
import type { TrainingExample } from "../batches/index.js";
import type { TrainSettings } from "./settings.js";

/** What decides every number of a run; two runs with the same description and weights take the same steps. */
export interface RunDescription {
  readonly mode: string;
  readonly spec: ModelSpec;
  readonly streams: StreamSpec | null;
  readonly trained: readonly string[];
  readonly settings: TrainSettings;
  /** A checksum over all token ids. */
  readonly examples: string;
}

export function describeExamples(examples: readonly TrainingExample[]): string {
  let sum = 0x811c9dc5;
  const add = (word: number): void => {
    sum = Math.imul(sum ^ word, 0x01000193);
  };
  for (const { prompt, completions } of examples) {
    for (const ids of [prompt, ...completions]) {
      add(ids.length);
      for (let i = 0; i < ids.length; i++) add(ids[i] as number);
    }
  }
  return `${examples.length}:${(sum >>> 0).toString(16)}`;
}

/** @throws InvalidArgumentError naming what differs between a checkpoint's run and the one at hand. */
export function checkSameRun(kept: string, run: RunDescription): void {
  const known = JSON.parse(kept) as Partial<Record<string, unknown>>;
  for (const [field, value] of Object.entries(run)) {
    const before = known[field];
    if (JSON.stringify(before) === JSON.stringify(value)) continue;
    const what = field === "settings" ? `settings.${differing(before as object, value as object)}` : field;
    throw new InvalidArgumentError(`The checkpoint comes from a run with another ${what}.`, {
      subject: what,
      cure: "Resume with what the run began with, or start anew.",
    });
  }
}

function differing(before: object | undefined, now: object): string {
  const old = (before ?? {}) as Record<string, unknown>;
  const found = Object.entries(now).find(([name, value]) => JSON.stringify(old[name]) !== JSON.stringify(value));
  return found?.[0] ?? "form";
}
