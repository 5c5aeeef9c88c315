import { isBuiltin } from "node:module";
import type { BuildPlugin } from "./build-plugin.js";

/** Fails the build when its output imports a package that whoever installs it will not have. */
export function bundledImports(manifest: {
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
}): BuildPlugin {
  const installed = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
  const known = (path: string): boolean =>
    isBuiltin(path) || path.startsWith("./") || installed.some((name) => path === name || path.startsWith(`${name}/`));
  return {
    name: "bundled-imports",
    setup(build) {
      build.onEnd(({ metafile }) => {
        const imports = Object.values(metafile?.outputs ?? {}).flatMap((output) => output.imports);
        const strange = imports.filter(({ external, path }) => external === true && !known(path));
        if (strange.length === 0) return {};
        const names = [...new Set(strange.map(({ path }) => path))].join(", ");
        return { errors: [{ text: `The output imports ${names}: bundle it, or make it a dependency.` }] };
      });
    },
  };
}
