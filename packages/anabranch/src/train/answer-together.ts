import {
  type BackendModel,
  COMMITTED,
  type PassRow,
  type RowRead,
  type RowResult,
  type Sequence,
  throwIfAborted,
} from "@anabranch/core";
import { takeIn } from "../model/take-in.js";

export interface AnswerOptions {
  readonly stopTokens: ReadonlySet<number>;
  readonly maxTokens: number;
  /** Prompts in the works at the same time, at most. */
  readonly together: number;
  /** A layer whose entering states are wanted along with the answers. */
  readonly hidden?: number;
  readonly signal?: AbortSignal;
}

interface Running {
  readonly index: number;
  readonly sequence: Sequence;
  /** Prompt tokens that no pass has taken in yet, then the token issued last. */
  open: readonly number[];
  readonly answer: number[];
  readonly states: Float32Array[];
}

/** An answer, and which of the prompts it belongs to. */
export interface Answer {
  readonly index: number;
  readonly tokens: readonly number[];
  /** States of the prompt's rows and of the answer's but its last token, [hidden] each; empty where none were asked for. */
  readonly states: readonly Float32Array[];
}

/**
 * Greedy answers to many prompts, several at once: the weights are read once a pass for all of them. A prompt begins as soon as
 * another has its answer, in the same passes as the others' next tokens; answers come in the order in which they end.
 *
 * @throws AbortedError; whatever the model's calls throw.
 */
export async function* answerTogether(
  model: BackendModel,
  prompts: readonly (readonly number[])[],
  { stopTokens, maxTokens, together, hidden, signal }: AnswerOptions,
): AsyncGenerator<Answer, void, undefined> {
  const slots = Math.min(together, model.capabilities.maxSequences, model.capabilities.maxRows);
  const running = new Set<Running>();
  const prefix = sharedPrefix(prompts);
  const root = await model.createSequence();
  let next = 0;
  try {
    const prefixStates = statesOf(await takeIn(model, root, prefix, readOf(hidden)), hidden);
    while (next < prompts.length || running.size > 0) {
      throwIfAborted(signal, "Answering");
      while (running.size < slots && next < prompts.length) {
        const index = next++;
        const open = (prompts[index] ?? []).slice(prefix.length);
        running.add({ index, sequence: await root.fork(), open, answer: [], states: [...prefixStates] });
      }
      await advance(model, [...running], hidden);
      for (const one of running) {
        if (one.answer.length < maxTokens && !stopTokens.has(one.answer.at(-1) as number)) continue;
        running.delete(one);
        await one.sequence.dispose();
        yield { index: one.index, tokens: one.answer, states: one.states };
      }
    }
  } finally {
    await root.dispose();
    for (const { sequence } of running) await sequence.dispose();
  }
}

/** What all prompts begin with (a system message, say): taken in once. Each keeps a token of its own. */
function sharedPrefix(prompts: readonly (readonly number[])[]): readonly number[] {
  const [first = [], ...others] = prompts;
  const shortest = prompts.reduce((least, { length }) => Math.min(least, length - 1), first.length - 1);
  let length = 0;
  while (length < shortest && others.every((prompt) => prompt[length] === first[length])) length++;
  return first.slice(0, length);
}

function readOf(hidden: number | undefined): RowRead {
  return hidden === undefined ? {} : { hidden: [hidden] };
}

function statesOf(rows: readonly RowResult[], hidden: number | undefined): Float32Array[] {
  return hidden === undefined ? [] : rows.map((row) => row.hidden?.get(hidden) as Float32Array);
}

/** A pass: a row of every text that is being written, and as much of the new prompts as there is room for. */
async function advance(model: BackendModel, all: readonly Running[], hidden: number | undefined): Promise<void> {
  const { maxRows, promptRows = maxRows } = model.capabilities;
  let room = Math.max(all.length, promptRows) - all.length;
  const taken = all.map(({ open }) => {
    const rows = Math.min(open.length, 1 + room);
    room -= rows - 1;
    return open.slice(0, rows);
  });
  const results = await model.pass(
    all.map(({ sequence, open }, at) => ({ sequence, rows: chain(taken[at] ?? [], open, hidden) })),
  );
  await model.commit(all.map(({ sequence }, at) => ({ sequence, path: (taken[at] ?? []).map((_, row) => row) })));
  all.forEach((one, at) => {
    one.states.push(...statesOf(results[at]?.rows ?? [], hidden));
    const rest = one.open.slice(taken[at]?.length);
    if (rest.length === 0) {
      const token = results[at]?.rows.at(-1)?.argmax as number;
      one.answer.push(token);
      one.open = [token];
    } else one.open = rest;
  });
}

/** Rows after one another; the last says what comes next, where it ends what is open. */
function chain(tokens: readonly number[], open: readonly number[], hidden: number | undefined): PassRow[] {
  return tokens.map((token, index) => ({
    token,
    parent: index === 0 ? COMMITTED : index - 1,
    read: { ...readOf(hidden), ...(index === open.length - 1 ? { argmax: true } : {}) },
  }));
}
