import { getLlama, type LlamaContext, type LlamaContextSequence } from "node-llama-cpp";

export interface LlamaOptions {
  /** GGUF. */
  readonly file: string;
  readonly threads: number;
}

/** llama.cpp as node-llama-cpp ships it, on processors. */
export async function createLlamaContext({ file, threads }: LlamaOptions): Promise<LlamaContext> {
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: threads });
  const model = await llama.loadModel({ modelPath: file });
  return model.createContext({ contextSize: 1024, batchSize: 512, threads });
}

type Tokens = Parameters<LlamaContextSequence["evaluate"]>[0];

/** Takes a prompt in from nothing and decodes greedily, as node-llama-cpp's users do: its own stream of tokens. */
export async function* decodeByLlama(
  sequence: LlamaContextSequence,
  ids: readonly number[],
): AsyncGenerator<number, void, undefined> {
  await sequence.clearHistory();
  yield* sequence.evaluate([...ids] as Tokens, { temperature: 0, yieldEogToken: true });
}
