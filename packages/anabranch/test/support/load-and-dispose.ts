import { load } from "../../src/index.js";

// Loads and disposes of a model again and again, and prints the resident memory in bytes after each round, as JSON.
const [, , model = "", adapter, times = "20"] = process.argv;
const resident: number[] = [];
for (let round = 0; round < Number(times); round++) {
  const loaded = await load(model, { ...(adapter ? { adapter } : {}), threads: 1 });
  await loaded.generate("name[The Mill]", { maxTokens: 4 }).text();
  await loaded.dispose();
  // Twice: what the first collection finalises, the second one frees.
  for (let count = 0; count < 2; count++) {
    globalThis.gc?.();
    await new Promise((done) => setTimeout(done, 5));
  }
  resident.push(process.memoryUsage().rss);
}
process.stdout.write(JSON.stringify(resident));
