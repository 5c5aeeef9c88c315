import { UnsupportedError } from "@anabranch/core";

interface NodeModules {
  readonly "node:fs/promises": typeof import("node:fs/promises");
  readonly "node:path": typeof import("node:path");
}

/**
 * Node's modules, looked up at the time of use: no import stands in the file, so a bundler for browsers has nothing to
 * resolve, and a page that passes bytes or Blobs never gets here.
 */
export function nodeModule<Name extends keyof NodeModules>(name: Name, wanted: string): NodeModules[Name] {
  const module = globalThis.process?.getBuiltinModule?.(name) as NodeModules[Name] | undefined;
  if (module === undefined) {
    throw new UnsupportedError(`${wanted}: this platform has no file system that can be reached by path.`, {
      subject: wanted,
      cure: "Pass the files' bytes or Blobs instead of a path.",
    });
  }
  return module;
}
