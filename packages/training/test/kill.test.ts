import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkpointFolder, readCheckpointWeights } from "../src/node.js";
import { Random } from "../src/random/random.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anabranch-kill-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const program = fileURLToPath(new URL("train-for-ever.ts", import.meta.url));

/** Trains in a process of its own, and kills it some milliseconds after its third step. @returns the steps it told of. */
async function trainAndKill(milliseconds: number): Promise<number[]> {
  const child = spawn(process.execPath, ["--import", "tsx", "--conditions=anabranch-source", program, folder], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const steps: number[] = [];
  const ended = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    steps.push(Number(line));
    if (steps.length === 3) setTimeout(() => child.kill("SIGKILL"), milliseconds);
  }
  expect((await ended)[1]).toBe("SIGKILL");
  return steps;
}

describe("a training process that is killed", () => {
  it("leaves whole files, from which the next one goes on", async () => {
    const random = new Random(Date.now());
    let reached = 0;
    for (let round = 0; round < 3; round++) {
      const steps = await trainAndKill(random.uniform() * 60);
      // At most the state of the step that was told last may be missing, or the next one kept already.
      expect(steps[0]).toBeGreaterThanOrEqual(reached);
      expect(steps[0]).toBeLessThanOrEqual(reached + 2);
      reached = steps.at(-1) as number;
      const kept = await checkpointFolder(folder).load();
      expect(kept?.step).toBeGreaterThanOrEqual(reached);
      const files = (await readdir(folder)).filter((file) => file.endsWith(".safetensors"));
      for (const file of files) {
        expect((await readCheckpointWeights(join(folder, file))).size).toBeGreaterThan(0);
      }
    }
    // What the killed ones were writing goes when the next one loads.
    expect((await readdir(folder)).filter((file) => file.endsWith(".tmp"))).toEqual([]);
  }, 240_000);
});
