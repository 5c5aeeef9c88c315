import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

export interface WorkerProgram {
  readonly text: string;
  /** Paths of the files that became part of it. */
  readonly modules: readonly string[];
}

const entry = fileURLToPath(new URL("../src/browser/worker/worker.ts", import.meta.url));

/**
 * The program of a browser's worker as one text, which stands in the page's code for WORKER_PROGRAM.
 *
 * @param conditions "anabranch-source" for a program of the workspace's sources
 */
export async function workerProgram(conditions: readonly string[] = []): Promise<WorkerProgram> {
  const resolve = { conditionNames: [...conditions, "browser", "import", "default"] };
  const bundle = await rolldown({ input: entry, platform: "browser", resolve, logLevel: "warn" });
  try {
    const { output } = await bundle.generate({ format: "iife", minify: true, comments: false, codeSplitting: false });
    const modules = Object.entries(output[0].modules).filter(([, { renderedLength }]) => renderedLength > 0);
    return { text: output[0].code, modules: modules.map(([path]) => path) };
  } finally {
    await bundle.close();
  }
}
