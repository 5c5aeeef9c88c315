import { getLlama, type LlamaContext } from "node-llama-cpp";
import { taskOf } from "./report.js";

/** llama.cpp as node-llama-cpp ships it, on processors; the task's file. */
export async function createLlamaContext(): Promise<LlamaContext> {
  const { file, threads } = taskOf();
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: threads });
  const model = await llama.loadModel({ modelPath: file });
  return model.createContext({ contextSize: 1024, batchSize: 512, threads });
}
