import { load } from "../src/index.js";
import { answerTogether } from "../src/train/answer-together.js";
import { readFileSync } from "node:fs";
const m = await load("/work/shared/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf", { threads: 2 });
const prompts = readFileSync("/work/runs/self-dev.jsonl","utf8").trim().split("\n").map(l => JSON.parse(l).prompt as number[]).slice(0, 40);
const t = performance.now(); let n = 0, p = 0;
for await (const a of answerTogether(m.model, prompts, { stopTokens: m.stopTokens, maxTokens: 64, together: 24, hidden: 26 })) { n += a.tokens.length; p += a.states.length; }
const s = (performance.now() - t) / 1000;
console.log(n, "tokens", p, "rows", s.toFixed(1), "s", (n / s).toFixed(0), "tok/s", (p / s).toFixed(0), "rows/s");
await m.dispose();
