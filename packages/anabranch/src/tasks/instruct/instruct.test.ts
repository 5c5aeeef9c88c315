import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { instructTask } from "./instruct.js";

const data = fileURLToPath(new URL("../../../../../../shared/data", import.meta.url));
const reason = existsSync(join(data, "instruct")) ? "" : " (skipped: the data sets are not there)";

describe("the task of instructions", () => {
  it.skipIf(reason !== "")(
    `keeps prompts apart that are held out, and mixes kinds from the start${reason}`,
    async () => {
      const [train, dev, test] = await Promise.all(
        (["train", "dev", "test"] as const).map(async (split) =>
          (await instructTask.read(data, split)).map(({ prompt }) => prompt),
        ),
      );
      expect(dev).toHaveLength(96);
      expect(test).toHaveLength(96);
      const heldOut = new Set([...(dev ?? []), ...(test ?? [])]);
      expect(heldOut.size).toBe(192);
      expect(train?.length).toBeGreaterThan(20_000);
      expect(train?.filter((prompt) => heldOut.has(prompt))).toEqual([]);
      const first = train?.slice(0, 11) ?? [];
      expect(first.filter((prompt) => prompt.startsWith("toolformer"))).toHaveLength(1);
    },
  );

  it("says which file it misses", async () => {
    const folder = await mkdtemp(join(tmpdir(), "anabranch-instruct-"));
    await expect(instructTask.read(folder, "dev")).rejects.toMatchObject({
      code: "IO",
      subject: join(folder, "instruct/gpteacher_roleplay.json"),
    });
    await rm(folder, { recursive: true });
  });
});
