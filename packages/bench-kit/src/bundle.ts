import { rm } from "node:fs/promises";
import { build, type Plugin } from "esbuild";

export interface BundleOptions {
  /** Name of each bundle -> its program, TypeScript. */
  readonly entries: Readonly<Record<string, string>>;
  /** Emptied first; `NAME.mjs` each. */
  readonly folder: string;
  readonly platform: "node" | "browser";
  /** Names in the programs, and the code that stands for each. */
  readonly define?: Readonly<Record<string, string>>;
}

/** Packages with native parts, which are not bundled. */
const native = /^(onnxruntime-node|node-llama-cpp|@huggingface\/transformers)$/;

/** Bundles may lie anywhere: what stays outside of them is named by where it lies, seen from whoever imports it. */
const nativeByPath: Plugin = {
  name: "native-by-path",
  setup(bundler) {
    bundler.onResolve({ filter: native }, async ({ path, pluginData, ...from }) => {
      if (pluginData === native) return undefined;
      const found = await bundler.resolve(path, { ...from, pluginData: native });
      return { path: found.path, external: true, errors: found.errors };
    });
  },
};

/** Programs of benchmarks as their users would run them: compiled, and from the sources of the workspace. */
export async function bundle({ entries, folder, platform, define = {} }: BundleOptions): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const require =
    'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);';
  await build({
    entryPoints: { ...entries },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    target: "es2022",
    platform,
    define: { ...define },
    conditions: ["anabranch-source"],
    logLevel: "error",
    ...(platform === "node" ? { plugins: [nativeByPath], banner: { js: require } } : { external: ["node:*"] }),
  });
}
