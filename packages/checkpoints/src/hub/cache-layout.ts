import { stat } from "node:fs/promises";
import { join } from "node:path";

/** Where a repository's things lie in the cache that all of the hub's libraries share. */
export interface RepoCache {
  /** The content of a file, named by its digest. */
  blob(digest: string): string;
  /** Commits by the names of branches and tags. */
  ref(revision: string): string;
  /** The files of one commit: links to blobs. */
  snapshot(commit: string): string;
  /** A lock of ours; other libraries lock in other ways and under other names. */
  lock(digest: string): string;
}

export function repoCache(cacheDirectory: string, repo: string): RepoCache {
  const name = ["models", ...repo.split("/")].join("--");
  const folder = join(cacheDirectory, name);
  return {
    blob: (digest) => join(folder, "blobs", digest),
    ref: (revision) => join(folder, "refs", revision),
    snapshot: (commit) => join(folder, "snapshots", commit),
    lock: (digest) => join(cacheDirectory, ".locks", name, `${digest}.anabranch`),
  };
}

/** Bytes of the file at a path, or of the one that it links to; undefined where there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ? stats.size : undefined;
}
