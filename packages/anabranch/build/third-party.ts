import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { BuildPlugin } from "./build-plugin.js";

/**
 * Writes the licences of all packages that are part of the output, which theirs ask for.
 *
 * @param inlined paths of what is part of it as text
 */
export function thirdParty(file: string, inlined: readonly string[] = []): BuildPlugin {
  return {
    name: "third-party",
    setup(build) {
      build.onEnd(async ({ metafile }) => {
        const outputs = Object.values(metafile?.outputs ?? {});
        const inputs = outputs.flatMap((output) => Object.entries(output.inputs));
        const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
        const ofPackages = [...used, ...inlined].filter((path) => path.includes("node_modules/"));
        const folders = new Set(ofPackages.map((path) => packageFolder(resolve(path))));
        const notices = await Promise.all([...folders].map(notice));
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, `${preamble}\n${[...new Set(notices)].sort().join("\n")}`);
      });
    },
  };
}

const preamble = "This package contains parts of the packages below, under their own licences.\n";

/** The folder of the package that a file belongs to: manifests without a name only say how their folder is to be read. */
function packageFolder(path: string): string {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json")) && /node_modules\/(@[^/]+\/)?[^/]+$/.test(folder)) return folder;
  }
  throw new Error(`${path} belongs to no package.`);
}

async function notice(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const files = (await readdir(folder)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
  const { name, version, license, author } = manifest;
  if (license === undefined && texts.length === 0) throw new Error(`${name} says nothing of its licence.`);
  const by = typeof author === "string" ? author : author?.name;
  const title = `${name} ${version}: ${license ?? "see below"}${by ? `, by ${by}` : ""}`;
  return `${"-".repeat(80)}\n${title}\n\n${texts.map((text) => `${text.trim()}\n`).join("\n")}`;
}
