/** node-llama-cpp's side of `pnpm bench wasm`. */
import { createLlamaContext, decodeByLlama } from "@anabranch/bench-kit/llama";
import { runTokens } from "../run-tokens.js";
import { serve, settings } from "./serve.js";

const sequence = (await createLlamaContext(settings())).getSequence();
serve((task) => runTokens(task, decodeByLlama(sequence, task.prompt.ids)));
