/**
 * What the decoding loop costs beside the backend's calls: tree, verification, tokens, events. Drafts come from a synthetic
 * drafter that is right as often as it is told. `pnpm bench overhead [--steps 200] [--threads N] [--random] [--json]`
 *
 * Exits with 1 where the median step breaks a limit.
 */
import { parseArgs } from "node:util";
import { type BackendModel, type Drafter, decode, plainDrafter, type Step, syntheticDrafter } from "@anabranch/core";
import { renderTable, type Summary, summarize } from "@anabranch/evaluation";
import { describeMachine } from "@anabranch/evaluation/node";
import { benchModel } from "./overhead-model.js";

/** The limits of a step's time outside the backend. */
const MOST_SHARE = 0.05;
const MOST_MILLISECONDS = 0.15;

const maxTokens = 64;
const warmUpRounds = 2;

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    steps: { type: "string", default: "200" },
    threads: { type: "string", default: "2" },
    random: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

interface Setting {
  readonly acceptance: number;
  readonly depth: number;
  readonly steps: Step[];
}

interface Row {
  readonly acceptance: number;
  readonly depth: number;
  readonly steps: number;
  readonly tokensPerStep: number;
  /** Milliseconds of a step. */
  readonly inside: Summary;
  readonly outside: Summary;
  /** Of a step's time, outside the backend; 0..1. */
  readonly share: Summary;
  /** The median time outside against the fastest time inside: other work on the machine slows passes and flatters the share. */
  readonly shareOfFastest: number;
  readonly holds: boolean;
}

async function stepsOf(model: BackendModel, prompt: readonly number[], drafter: Drafter): Promise<Step[]> {
  const sequence = await model.createSequence();
  try {
    const steps: Step[] = [];
    for await (const step of decode({ model, sequence, prompt, drafter, maxTokens })) steps.push(step);
    return steps;
  } finally {
    await sequence.dispose();
  }
}

function rowOf({ acceptance, depth, steps }: Setting): Row {
  const times = steps.map((step) => step.milliseconds);
  const outside = summarize(times.map(({ other }) => other));
  const share = summarize(times.map(({ pass, other }) => other / (pass + other)));
  const inside = summarize(times.map(({ pass }) => pass));
  const tokens = steps.reduce((sum, step) => sum + step.tokens.length, 0);
  return {
    acceptance,
    depth,
    steps: steps.length,
    tokensPerStep: tokens / steps.length,
    inside,
    outside,
    share,
    shareOfFastest: outside.median / (inside.minimum + outside.median),
    holds: share.median <= MOST_SHARE && outside.median <= MOST_MILLISECONDS,
  };
}

/** Median, and the quartiles around it. */
function spread({ median, lowerQuartile, upperQuartile }: Summary, decimals: number, scale = 1): string {
  const [middle, low, high] = [median, lowerQuartile, upperQuartile].map((value) => (scale * value).toFixed(decimals));
  return `${middle} (${low} to ${high})`;
}

async function main(): Promise<void> {
  const { description, model, prompts } = await benchModel(Number(values.threads), values.random);
  const texts: (readonly number[])[] = [];
  for (const prompt of prompts) {
    const plain = await stepsOf(model, prompt, plainDrafter);
    texts.push([...prompt, ...plain.flatMap((step) => step.tokens)]);
  }
  const settings = [3, 7].flatMap((depth) =>
    [0, 0.5, 0.8, 1].map((acceptance): Setting => ({ acceptance, depth, steps: [] })),
  );
  // The settings take turns, so that what else the machine does meets them all alike.
  for (let round = 0; settings.some(({ steps }) => steps.length < Number(values.steps)); round++) {
    for (const { acceptance, depth, steps } of settings) {
      for (const [index, prompt] of prompts.entries()) {
        const text = texts[index] as readonly number[];
        const { vocabularySize } = model.spec;
        const drafter = syntheticDrafter({ text, acceptance, depth, vocabularySize, seed: round });
        const [, ...verified] = await stepsOf(model, prompt, drafter);
        if (round >= warmUpRounds && steps.length < Number(values.steps)) steps.push(...verified);
      }
    }
  }
  await model.dispose();
  const rows = settings.map(rowOf);
  const holds = rows.every((row) => row.holds);
  const machine = await describeMachine();
  if (values.json) {
    const report = {
      model: description,
      machine,
      threads: Number(values.threads),
      limits: { share: MOST_SHARE, milliseconds: MOST_MILLISECONDS },
      holds,
      rows,
    };
    console.log(JSON.stringify(report, null, 2));
  } else {
    const { processor, cores, operatingSystem, node } = machine;
    console.log(`${processor}, ${cores} cores, ${operatingSystem}, Node ${node}, ${values.threads} threads`);
    console.log(description);
    const lengths = prompts.map((prompt) => prompt.length).join(", ");
    console.log(
      `${prompts.length} prompts of ${lengths} tokens, ${maxTokens} tokens each; prefill apart; median (quartiles) of a step\n`,
    );
    console.log(table(rows));
    const limits = `at most ${100 * MOST_SHARE}% of a step and ${MOST_MILLISECONDS} ms`;
    console.log(`\nOutside the backend ${limits}: ${holds ? "holds for every setting" : "does NOT hold"}.`);
  }
  if (!holds) process.exitCode = 1;
}

function table(rows: readonly Row[]): string {
  return renderTable<Row>(
    [
      { title: "acceptance", value: (row) => row.acceptance, decimals: 1 },
      { title: "draft depth", value: (row) => row.depth },
      { title: "steps", value: (row) => row.steps },
      { title: "tokens a step", value: (row) => row.tokensPerStep, decimals: 2 },
      { title: "in the backend, ms", value: (row) => spread(row.inside, 3) },
      { title: "outside, ms", value: (row) => spread(row.outside, 4) },
      { title: "share outside, %", value: (row) => spread(row.share, 2, 100) },
      { title: "beside the fastest pass, %", value: (row) => 100 * row.shareOfFastest, decimals: 2 },
      { title: "within limits", value: (row) => (row.holds ? "yes" : "NO") },
    ],
    rows,
  );
}

await main();
