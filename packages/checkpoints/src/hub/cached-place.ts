import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type RepoCache, sizeOf } from "./cache-layout.js";
import type { HubPlace } from "./hub-place.js";
import { COMMIT } from "./repo-listing.js";
import { ADAPTER_WEIGHTS, WEIGHTS, WEIGHTS_INDEX } from "./wanted-files.js";
import { shardsOf } from "./weight-shards.js";

/**
 * What the cache alone can give: the folder of the commit that a revision was when we last asked, or the file in it.
 *
 * @param files those that must be there, the place's own file among them; without, a configuration with all of its weights
 * @returns undefined where anything is missing
 */
export async function cachedPlace(
  cache: RepoCache,
  { file, revision = "main" }: HubPlace,
  files?: readonly string[],
): Promise<string | undefined> {
  const commit = COMMIT.test(revision) ? revision : await readRef(cache.ref(revision));
  if (commit === undefined) return undefined;
  const folder = cache.snapshot(commit);
  const whole = files === undefined ? await isWhole(folder) : await hasAll(folder, files);
  if (!whole) return undefined;
  return file === undefined ? folder : join(folder, ...file.split("/"));
}

async function readRef(path: string): Promise<string | undefined> {
  const commit = (await readFile(path, "utf8").catch(() => "")).trim();
  return COMMIT.test(commit) ? commit : undefined;
}

/** Another library may have fetched a part of the repository only. */
async function isWhole(folder: string): Promise<boolean> {
  if (await hasAll(folder, ["adapter_config.json", ADAPTER_WEIGHTS])) return true;
  if (!(await hasAll(folder, ["config.json"]))) return false;
  if (await hasAll(folder, [WEIGHTS])) return true;
  const shards = await shardsOf(join(folder, WEIGHTS_INDEX)).catch(() => undefined);
  return shards !== undefined && hasAll(folder, shards);
}

async function hasAll(folder: string, files: readonly string[]): Promise<boolean> {
  const sizes = await Promise.all(files.map((file) => sizeOf(join(folder, ...file.split("/")))));
  return sizes.every((size) => size !== undefined);
}
