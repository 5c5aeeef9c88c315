import { type BackendModel, COMMITTED, type PassRow, type Sequence, throwIfAborted } from "@anabranch/core";

export interface AnswerOptions {
  readonly stopTokens: ReadonlySet<number>;
  readonly maxTokens: number;
  readonly signal?: AbortSignal;
}

interface Running {
  readonly index: number;
  readonly sequence: Sequence;
  /** Rows to run next: the prompt, then the token issued last. */
  next: readonly number[];
  readonly answer: number[];
}

/**
 * Greedy answers to several prompts at once, one token a pass each: the weights are read once for all of them.
 *
 * @throws AbortedError; whatever the model's calls throw.
 */
export async function answerTogether(
  model: BackendModel,
  prompts: readonly (readonly number[])[],
  { stopTokens, maxTokens, signal }: AnswerOptions,
): Promise<number[][]> {
  const answers: number[][] = prompts.map(() => []);
  let running: Running[] = [];
  try {
    for (const [index, prompt] of prompts.entries()) {
      const sequence = await model.createSequence();
      running.push({ index, sequence, next: prompt, answer: answers[index] as number[] });
    }
    // Prompts one by one, since together they may be more rows than a pass takes.
    for (const one of running) await advance(model, [one]);
    while (running.length > 0) {
      throwIfAborted(signal, "Answering");
      const ended = running.filter(
        ({ answer }) => answer.length >= maxTokens || stopTokens.has(answer.at(-1) as number),
      );
      running = running.filter((one) => !ended.includes(one));
      for (const { sequence } of ended) await sequence.dispose();
      if (running.length > 0) await advance(model, running);
    }
    return answers;
  } finally {
    for (const { sequence } of running) await sequence.dispose();
  }
}

async function advance(model: BackendModel, batch: readonly Running[]): Promise<void> {
  const results = await model.pass(batch.map(({ sequence, next }) => ({ sequence, rows: chain(next) })));
  await model.commit(batch.map(({ sequence, next }) => ({ sequence, path: next.map((_, row) => row) })));
  batch.forEach((one, at) => {
    const token = results[at]?.rows.at(-1)?.argmax as number;
    one.answer.push(token);
    one.next = [token];
  });
}

function chain(tokens: readonly number[]): PassRow[] {
  return tokens.map((token, index) => ({
    token,
    parent: index === 0 ? COMMITTED : index - 1,
    ...(index === tokens.length - 1 ? { read: { argmax: true } } : {}),
  }));
}
