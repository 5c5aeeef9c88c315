import {
  ContextOverflowError,
  type Drafter,
  InvalidArgumentError,
  type KeptDecodeOptions,
  type KeptText,
  type Step,
  throwIfAborted,
  verifyTypicalLossy,
} from "@anabranch/core";
import { type DraftingParts, makeDrafter } from "../model/drafting.js";
import { nextTurn } from "../model/next-turn.js";
import type { StepOptions } from "./generate-options.js";

const DEFAULT_MAX_TOKENS = 256;

/** What to decode. */
export interface TextRequest {
  readonly prompt: readonly number[];
  /** A shorter prompt that stands for the first one and what was emitted after it, for a context that is full. */
  readonly shorten: (emitted: readonly number[]) => readonly number[];
  readonly stopTokens: ReadonlySet<number>;
  readonly options: StepOptions;
  /** Hears which prompt is decoded: the one asked for, or what a slide left of it. */
  readonly onPrompt?: (prompt: readonly number[], kept: number) => void;
}

/**
 * The steps of a text, across slides where they are asked for. The first step after a slide is of the kind "prefill".
 *
 * @throws what `decode` throws; ContextOverflowError when the context is full and "error" was asked for
 */
export async function* textSteps(
  parts: DraftingParts,
  kept: KeptText,
  { prompt: asked, shorten, stopTokens, options, onPrompt }: TextRequest,
): AsyncGenerator<Step, void, undefined> {
  const { signal, overflow = "error", maxTokens = DEFAULT_MAX_TOKENS } = options;
  const { maxPositions } = parts.model.capabilities;
  throwIfAborted(signal, "Generation");
  const choosing = choosingOf(options);
  let drafter = await makeDrafter(parts, options, signal);
  let prompt = asked;
  if (prompt.length > maxPositions) {
    if (overflow !== "slide") throw promptOverflow(prompt.length, maxPositions);
    prompt = shorten([]);
  }
  onPrompt?.(prompt, kept.reusable(prompt));
  const emitted: number[] = [];
  for (let ended = false; !ended; ) {
    const remaining = maxTokens - emitted.length;
    const lost = asked.length + emitted.length - prompt.length;
    const text = { prompt, lost, stopTokens, maxTokens: remaining };
    const settings = { ...text, drafter, ...choosing, ...(signal === undefined ? {} : { signal }) };
    ended = true;
    for await (const step of kept.decode(settings)) {
      emitted.push(...step.tokens);
      const slides = step.finish === "context" && overflow === "slide";
      ended = !slides;
      yield slides ? { ...step, finish: undefined } : step;
      if (step.finish === "context" && overflow === "error") throw contextFull(maxPositions);
      await nextTurn();
    }
    if (ended) return;
    prompt = shorten(emitted);
    drafter = amidText(drafter);
  }
}

/** How tokens are chosen. */
function choosingOf({ sampling, acceptance = "exact" }: StepOptions): Pick<KeptDecodeOptions, "sampling" | "verifier"> {
  if (acceptance !== "exact" && acceptance !== "typical") {
    throw new InvalidArgumentError(`No acceptance is called ${acceptance}.`, { subject: "acceptance" });
  }
  return { ...(sampling && { sampling }), ...(acceptance === "typical" && { verifier: verifyTypicalLossy() }) };
}

/** The drafter without its draft of how texts begin. */
function amidText(drafter: Drafter): Drafter {
  const { name, streamsInPass, read } = drafter;
  return { name, streamsInPass, ...(read && { read }), draft: (context) => drafter.draft(context) };
}

const cure = 'Shorten the text, ask for fewer tokens, or choose overflow: "stop" or "slide".';

function promptOverflow(length: number, maxPositions: number): ContextOverflowError {
  return new ContextOverflowError(`A prompt of ${length} tokens does not fit the model's ${maxPositions} positions.`, {
    subject: "prompt",
    cure: 'Shorten it, or choose overflow: "slide".',
  });
}

function contextFull(maxPositions: number): ContextOverflowError {
  return new ContextOverflowError(`The text has reached the last of the model's ${maxPositions} positions.`, {
    subject: "context",
    cure,
  });
}
