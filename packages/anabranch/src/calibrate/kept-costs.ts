import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "@anabranch/checkpoints/node";
import { type CostModel, isCostModel } from "@anabranch/core";

/** What costs were measured for, in words: whatever else they depend on, such as the machine, is among it. */
export type CostFacts = Readonly<Record<string, unknown>>;

const named = (facts: CostFacts): string => createHash("sha256").update(JSON.stringify(facts)).digest("hex");

/** The file that keeps the costs of these facts. */
export function costFile(facts: CostFacts, cache = cacheFolder()): string {
  return join(cache, "costs", `${named(facts).slice(0, 32)}.json`);
}

/** Kept costs; undefined where there are none, or what is there is damaged or about something else. */
export async function readCosts(facts: CostFacts, cache?: string): Promise<CostModel | undefined> {
  try {
    const kept: { readonly facts?: unknown; readonly costs?: unknown } = JSON.parse(
      await readFile(costFile(facts, cache), "utf8"),
    );
    const ours = JSON.stringify(kept.facts) === JSON.stringify(facts);
    return ours && isCostModel(kept.costs) ? kept.costs : undefined;
  } catch {
    return undefined; // Measured anew, and written over.
  }
}

/** Keeps costs, under a temporary name first. @returns whether there was a place for them: they can be measured again */
export async function writeCosts(facts: CostFacts, costs: CostModel, cache?: string): Promise<boolean> {
  const file = costFile(facts, cache);
  const temporary = `${file}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(temporary, `${JSON.stringify({ facts, costs }, null, 1)}\n`, { flag: "wx" });
    await rename(temporary, file);
    return true;
  } catch {
    await unlink(temporary).catch(() => undefined);
    return false;
  }
}
