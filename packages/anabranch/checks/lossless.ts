/**
 * `pnpm check:lossless [--shipped] [--limit 200] [--threads 2]`: speculation gives plain decoding's text, token for token, on the wasm backend with its default
 * threads and row precision. 200 prompts for each of three adapters: the shipped lossless one of the E2E model, and two random
 * ones on SmolLM2-135M at 8 bits, whose drafts are mostly wrong, and once more with drafts that are right half of the time.
 * With --shipped, instead: the adapters that we ship for SmolLM2-135M, on 200 test prompts of their tasks each, up to 128 tokens.
 * Prints what was compared, and exits with 1 on any difference.
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { machineLine } from "@anabranch/bench-kit/machine";
import { sharedFile } from "@anabranch/bench-kit/shared";
import { requireModel } from "@anabranch/bench-kit/smollm2";
import { AnabranchError } from "@anabranch/core";
import { interruptSignal } from "../src/cli/interrupt.js";
import { checkBar } from "../src/cli/progress.js";
import { holdSubject, type TrialCounts, textsOf } from "./lossless/hold-subject.js";
import { shippedSubjects } from "./lossless/shipped-subjects.js";
import type { Subject } from "./lossless/subject.js";
import { e2eSubject, type SubjectOptions, smollm2Subject } from "./lossless/subjects.js";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    shipped: { type: "boolean", default: false },
    limit: { type: "string", default: "200" },
    threads: { type: "string" },
  },
});

function wholeNumber(name: string, value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`--${name} ${value}: give a whole number above 0.`);
  process.exit(2);
}

const limit = wholeNumber("limit", values.limit);
const threads = values.threads === undefined ? undefined : wholeNumber("threads", values.threads);
requireModel();
const data = sharedFile("data/e2e/test.csv");
if (!existsSync(data)) {
  console.log(`Skipped: there is no ${data}.`);
  process.exit(0);
}

const signal = interruptSignal();

async function hold(open: (options: SubjectOptions) => Promise<Subject>): Promise<readonly TrialCounts[]> {
  const subject = await open({ prompts: limit, signal, ...(threads !== undefined && { threads }) });
  const bar = checkBar();
  const started = performance.now();
  let [texts, tokens] = [0, 0];
  try {
    return await holdSubject(subject, {
      signal,
      onText(emitted) {
        tokens += emitted;
        bar.update(++texts, textsOf(subject), (1000 * tokens) / (performance.now() - started));
      },
    });
  } finally {
    bar.stop();
    await subject.model.dispose();
  }
}

function print({ name, texts, tokens, passes, drafted, accepted, differences }: TrialCounts): void {
  const share = ((100 * accepted) / drafted).toFixed(1);
  console.log(`${name}`);
  console.log(
    `  ${texts} texts, ${tokens} tokens, ${passes} passes; ${accepted} of ${drafted} drafted tokens accepted (${share}%); ` +
      `${differences.length} texts differ`,
  );
  for (const { prompt, at } of differences) console.log(`    prompt ${prompt}, from token ${at} on`);
}

console.log(await machineLine());
console.log(`Node ${process.versions.node}`);
const counts: TrialCounts[] = [];
for (const open of values.shipped ? shippedSubjects : [e2eSubject, smollm2Subject]) {
  const found = await hold(open).catch((error) => {
    if (!AnabranchError.isInstance(error, "ABORTED")) throw error;
    return [];
  });
  for (const trial of found) print(trial);
  counts.push(...found);
}
const different = counts.reduce((sum, { differences }) => sum + differences.length, 0);
const texts = counts.reduce((sum, trial) => sum + trial.texts, 0);
const tokens = counts.reduce((sum, trial) => sum + trial.tokens, 0);
const verdict = different > 0 ? "NOT lossless" : signal.aborted ? "Interrupted; lossless so far" : "Lossless";
console.log(`${verdict}: ${different} of ${texts} texts differ, ${tokens} tokens`);
process.exitCode = different > 0 ? 1 : signal.aborted ? 130 : 0;
