import type { AbortSignalLike } from "../contract/abort.js";
import { throwIfAborted } from "../contract/abort.js";
import type { DraftTree } from "../contract/draft.js";
import type { BackendModel, CallOptions } from "../contract/model.js";
import type { RowRead, RowResult } from "../contract/pass.js";
import type { Sequence } from "../contract/sequence.js";
import type { Drafter } from "../drafters/drafter.js";
import { plainDrafter } from "../drafters/plain-drafter.js";
import { EMPTY_DRAFT, flattenDraft } from "../tree/draft-tree.js";
import { type Verdict, verifyGreedy } from "../verification/greedy.js";
import { prefill } from "./prefill.js";
import type { Step } from "./step.js";
import { TimedCalls } from "./stopwatch.js";

export interface DecodeOptions {
  readonly model: BackendModel;
  /** Decoded in place: its committed text grows. The caller disposes of it. */
  readonly sequence: Sequence;
  /** Tokens that are not committed yet; at least one. */
  readonly prompt: readonly number[];
  /** Plain decoding when absent. */
  readonly drafter?: Drafter;
  /** Tokens that end the text; emitted as its last. */
  readonly stopTokens?: ReadonlySet<number>;
  /** Most tokens to emit; 256 when absent. The text also ends before the model's last position. */
  readonly maxTokens?: number;
  readonly signal?: AbortSignalLike;
}

/**
 * The decoding loop: verify the draft, commit what was right, ask the drafter for the next draft. Greedy.
 *
 * A shared-mode adapter's streams run beside every row from the last prompt row on, whoever drafts: the main stream sees
 * them, so leaving them out would change the text.
 *
 * @throws AbortedError when the signal fires; what was committed stays valid. Whatever the model's calls throw.
 */
export async function* decode(options: DecodeOptions): AsyncGenerator<Step, void, undefined> {
  const { model, sequence, prompt, signal, drafter = plainDrafter, stopTokens = new Set() } = options;
  const calls = new TimedCalls(model);
  const callOptions: CallOptions = signal === undefined ? {} : { signal };
  const streams = drafter.streamsInPass || sequence.adapter?.streams.mode === "shared";
  const read: RowRead = { ...drafter.read, argmax: true };
  const room = model.capabilities.maxPositions - sequence.length - prompt.length;
  let remaining = Math.max(0, Math.min(options.maxTokens ?? 256, room));
  if (remaining === 0) return;

  const tokens: number[] = [];
  const finishStep = async (
    kind: Step["kind"],
    before: readonly number[],
    rows: { readonly count: number; readonly root: number; readonly results: readonly RowResult[] },
    draft: DraftTree,
  ): Promise<{ step: Step; next: DraftTree }> => {
    const verdict = verifyGreedy(draft, rows.results.map((row) => row.argmax as number));
    const accepted = verdict.path.slice(1).map((row) => row - 1);
    const ending = endOf(verdict, accepted, draft, stopTokens, remaining);
    // A text that has ended commits no more than it emitted, so that a chat can go on from the sequence.
    const kept = ending.finish === undefined ? verdict.path : verdict.path.slice(0, 1 + ending.fromDraft);
    const path = [...Array.from({ length: rows.root }, (_, row) => row), ...kept.map((row) => row + rows.root)];
    await calls.commit([{ sequence, path }]);
    tokens.push(...before, ...accepted.slice(0, kept.length - 1).map((node) => draft.tokens[node] as number));
    remaining -= ending.tokens.length;
    let next = EMPTY_DRAFT;
    if (ending.finish === undefined) {
      const lastRow = rows.results[verdict.path.at(-1) as number] as RowResult;
      const room = { remaining, options: callOptions };
      next = await drafter.draft({ calls, sequence, tokens, bonus: verdict.bonus, lastRow, ...room });
    }
    const step = { kind, ...ending, draft, accepted, bonus: verdict.bonus, rows: rows.count, milliseconds: calls.lap() };
    return { step, next };
  };

  throwIfAborted(signal, "Decoding");
  const opening = drafter.open?.(prompt) ?? EMPTY_DRAFT;
  const { maxRows } = model.capabilities;
  const first = await prefill({ calls, sequence, prompt, opening, streams, read, maxRows, options: callOptions });
  const prompted = { count: first.rows, root: first.lastPromptRow, results: first.results };
  let { step, next } = await finishStep("prefill", prompt, prompted, opening);
  yield step;
  while (step.finish === undefined) {
    throwIfAborted(signal, "Decoding");
    calls.skip();
    const draft = next;
    const root = step.bonus;
    const rows = flattenDraft(root, draft, streams, read);
    const [result] = await calls.pass([{ sequence, rows }], callOptions);
    const verified = { count: rows.length, root: 0, results: result?.rows ?? [] };
    ({ step, next } = await finishStep("verify", [root], verified, draft));
    yield step;
  }
}

/** What of an accepted path and its bonus token is emitted: up to an end token, up to the limit. */
function endOf(
  verdict: Verdict,
  accepted: readonly number[],
  draft: DraftTree,
  stopTokens: ReadonlySet<number>,
  remaining: number,
): Pick<Step, "tokens" | "fromDraft" | "finish"> {
  const all = [...accepted.map((node) => draft.tokens[node] as number), verdict.bonus];
  const stop = all.findIndex((token) => stopTokens.has(token));
  const length = Math.min(stop === -1 ? all.length : stop + 1, remaining);
  const tokens = all.slice(0, length);
  const stopped = stop !== -1 && stop < length;
  const finish = stopped ? "stop" : remaining <= length ? "length" : undefined;
  return { tokens, fromDraft: Math.min(length, accepted.length), finish };
}
