import { fileURLToPath } from "node:url";
import { type Plugin, rolldown } from "rolldown";
import { minify } from "terser";

/** A program of a browser's worker as one text, which stands in the page's code. */
interface BrowserProgram {
  readonly text: string;
  /** Paths of the files that became part of it. */
  readonly modules: readonly string[];
}

export interface BrowserPrograms {
  /** What `define` has to put into the page's code. */
  readonly define: Readonly<Record<string, string>>;
  /** Paths of the files that became part of any of them. */
  readonly modules: readonly string[];
}

const folder = fileURLToPath(new URL("../src/browser/worker", import.meta.url));

/** Leaves chat templates out of the worker, which is given them when the first chat begins. */
const lateChatTemplates: Plugin = {
  name: "late-chat-templates",
  resolveId: (path) => (path.endsWith("/create-chat-template.js") ? `${folder}/late-chat-templates.ts` : undefined),
};

/** Leaves out what only Node can do: vectors of 256 bits, and what kernels have for them. */
const withoutNode: Plugin = {
  name: "without-node",
  resolveId(path, importer) {
    if (path.endsWith("/compile-wide.js")) return `${folder}/no-wide-module.ts`;
    const kernels = "/kernel-bytes.js";
    return path.endsWith(kernels)
      ? this.resolve(path.replace(kernels, "/narrow-kernel-bytes.js"), importer)
      : undefined;
  },
};

/**
 * The worker's program, and what chats need besides.
 *
 * @param conditions "anabranch-source" for programs of the workspace's sources
 */
export async function browserPrograms(conditions: readonly string[] = []): Promise<BrowserPrograms> {
  const worker = await programOf("worker.ts", conditions, [lateChatTemplates, withoutNode]);
  const chats = await programOf("chat-templates-program.ts", conditions, []);
  return {
    define: { WORKER_PROGRAM: JSON.stringify(worker.text), CHAT_TEMPLATES_PROGRAM: JSON.stringify(chats.text) },
    modules: [...worker.modules, ...chats.modules],
  };
}

async function programOf(
  entry: string,
  conditions: readonly string[],
  plugins: readonly Plugin[],
): Promise<BrowserProgram> {
  const resolve = { conditionNames: [...conditions, "browser", "import", "default"] };
  const input = `${folder}/${entry}`;
  const bundle = await rolldown({ input, platform: "browser", resolve, logLevel: "warn", plugins: [...plugins] });
  try {
    const { output } = await bundle.generate({ format: "iife", minify: true, comments: false, codeSplitting: false });
    const modules = Object.entries(output[0].modules).filter(([, { renderedLength }]) => renderedLength > 0);
    // Once more: of what rolldown minified, terser takes off another hundredth, 1 kB behind gzip.
    const { code } = await minify(output[0].code, { ecma: 2020, toplevel: true, compress: { passes: 3 } });
    return { text: code as string, modules: modules.map(([path]) => path) };
  } finally {
    await bundle.close();
  }
}
