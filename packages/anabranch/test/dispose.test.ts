import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openModelFiles } from "@anabranch/checkpoints";
import { baseParameterShapes } from "@anabranch/core";
import { lossless } from "@anabranch/model-e2e";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const reason = existsSync(lossless.model) ? "" : " (skipped: the embedded model is not in this checkout)";

it.skipIf(reason !== "")(
  `memory stays flat when a model is loaded and disposed of 20 times${reason}`,
  async () => {
    const [model, adapter] = [fileURLToPath(lossless.model).replace(/\/$/, ""), fileURLToPath(lossless.adapter)];
    const files = await openModelFiles(model);
    await files.close();
    const shapes = [...baseParameterShapes(files.config.spec).values()];
    const bytes = 4 * shapes.reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0);
    const script = fileURLToPath(new URL("./support/load-and-dispose.ts", import.meta.url));
    const node = ["--import", "tsx", "--conditions=anabranch-source", "--expose-gc", script, model, adapter];
    // glibc raises these by itself, and then keeps what was freed for later: that is no leak, but it looks like one.
    const env = { ...process.env, MALLOC_MMAP_THRESHOLD_: "131072", MALLOC_TRIM_THRESHOLD_: "131072" };
    const { stdout } = await promisify(execFile)(process.execPath, node, { cwd: root, env });
    const resident = JSON.parse(stdout) as number[];
    expect(resident).toHaveLength(20);
    // A model that stayed would add its weights each time, ten times `bytes` in ten loads, and as much again in the runtime. The
    // least of five rounds leaves out what was not collected yet.
    const least = (from: number): number => Math.min(...resident.slice(from, from + 5));
    expect(least(15) - least(5)).toBeLessThan(bytes / 2);
  },
  120_000,
);
