import { type AbortSignalLike, throwIfAborted } from "../contract/abort.js";
import type { BackendModel, CallOptions } from "../contract/model.js";
import type { PassResult, RowRead, RowResult } from "../contract/pass.js";
import type { Sequence } from "../contract/sequence.js";
import type { Drafter, PlannedDraft } from "../drafters/drafter.js";
import { plainDrafter } from "../drafters/plain-drafter.js";
import type { SamplingOptions } from "../sampling/sampling-options.js";
import { EMPTY_DRAFT, flattenDraft } from "../tree/draft-tree.js";
import type { Verifier } from "../verification/verifier.js";
import { chooserOf } from "./chooser.js";
import { emissionOf } from "./emission.js";
import { prefill } from "./prefill.js";
import type { Step } from "./step.js";
import { TimedCalls } from "./stopwatch.js";
import { tokenLimit } from "./token-limit.js";
import { usefulDraft } from "./useful-draft.js";

export interface DecodeOptions {
  readonly model: BackendModel;
  /** Decoded in place: its committed text grows. The caller disposes of it. */
  readonly sequence: Sequence;
  /** Tokens that are not committed yet; at least one. */
  readonly prompt: readonly number[];
  /**
   * The tokens that the sequence holds already, for drafters that look at the text, for a repetition penalty, and to count
   * positions for a seed. None when absent.
   */
  readonly committed?: readonly number[];
  /** Tokens that the text has lost at its beginning: with them a seed's random numbers are not used again. None when absent. */
  readonly lost?: number;
  /** Plain decoding when absent. */
  readonly drafter?: Drafter;
  /** How tokens are drawn; greedy when absent. */
  readonly sampling?: SamplingOptions;
  /** Which drafted tokens are accepted when tokens are drawn; `verifyCoupled` when absent, which is exact. */
  readonly verifier?: Verifier;
  /** Tokens that end the text; emitted as its last. */
  readonly stopTokens?: ReadonlySet<number>;
  /** Most tokens to emit, at least 1; 256 when absent. The text also ends where the model's positions do. */
  readonly maxTokens?: number;
  readonly signal?: AbortSignalLike;
}

/**
 * The decoding loop: draft, verify the draft in one pass, commit what was right. Greedy, unless it is said how to sample.
 *
 * After every step the sequence holds the prompt and all emitted tokens but the last, also when the loop is left early or
 * throws. To go on from there, start the next prompt with that last token; {@link KeptText} does so by itself.
 *
 * A shared-mode adapter's streams run beside every row from the last prompt row on, whoever drafts: the main stream sees
 * them, so leaving them out would change the text.
 *
 * @throws AbortedError when the signal fires; InvalidArgumentError for an empty prompt and for sampling options outside what
 *   they may be; UnknownTokenError for a bias of no token; ContextOverflowError for a prompt that does not fit. Whatever the
 *   model's calls throw.
 */
export async function* decode(options: DecodeOptions): AsyncGenerator<Step, void, undefined> {
  const { model, sequence, prompt, signal, drafter = plainDrafter, stopTokens = new Set<number>() } = options;
  const calls = new TimedCalls(model);
  const callOptions: CallOptions = signal === undefined ? {} : { signal };
  const shared = sequence.adapter?.streams.mode === "shared";
  const streams = shared || drafter.streamsInPass;
  const chooser = chooserOf(options);
  const read: RowRead = { ...drafter.read, ...chooser.read };
  const { maxRows, promptRows = maxRows } = model.capabilities;
  let limit = tokenLimit(options);
  throwIfAborted(signal, "Decoding");

  const tokens = [...(options.committed ?? []), ...prompt];
  let kind: Step["kind"] = "prefill";
  let predicted: number | undefined;
  // A pass issues a token beside what it accepts, so a draft as deep as the limit would have a level too many.
  let draft = usefulDraft(drafter.open?.(tokens) ?? EMPTY_DRAFT, limit.tokens - 1, stopTokens);
  const first = { calls, sequence, prompt, opening: draft, streams, read, maxRows: promptRows, options: callOptions };
  let { lastPromptRow: root, results } = await prefill(first);
  for (;;) {
    const verdict = chooser.verify(draft, results, tokens);
    const emission = emissionOf(verdict, draft, stopTokens, limit);
    const kept = verdict.path.slice(0, emission.tokens.length).map((row) => root + row);
    await calls.commit([{ sequence, path: [...Array(root).keys(), ...kept] }]);
    limit = { ...limit, tokens: limit.tokens - emission.tokens.length };
    const rows = (kind === "prefill" ? prompt.length : 1) + draft.tokens.length;
    const step: Step = { kind, ...emission, draft, rows, milliseconds: calls.lap(), ...(predicted && { predicted }) };
    yield step;
    if (emission.finish !== undefined) return;

    throwIfAborted(signal, "Decoding");
    calls.start();
    for (const token of emission.tokens.slice(0, -1)) tokens.push(token);
    const { bonus } = emission;
    const lastRow = results[verdict.path.at(-1) as number] as RowResult;
    const depth = limit.tokens - 1;
    const place = { sequence, tokens, bonus, depth, lastRow, ends: stopTokens };
    const context = { calls, ...place, last: step, options: callOptions };
    const planned: PlannedDraft = depth === 0 ? EMPTY_DRAFT : await drafter.draft(context);
    draft = usefulDraft(planned, depth, stopTokens);
    predicted = planned.predicted;
    const rowsOf = flattenDraft(bonus, draft, shared || (planned.streams ?? drafter.streamsInPass), read);
    const { pruning } = drafter;
    const request = { sequence, rows: rowsOf, ...(pruning && { pruning }) };
    const [result] = (await calls.pass([request], callOptions)) as [PassResult];
    tokens.push(bonus);
    ({ rows: results } = result);
    root = 0;
    kind = "verify";
  }
}
