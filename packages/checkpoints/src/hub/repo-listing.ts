import { posix } from "node:path";
import { AnabranchError, HubError } from "@anabranch/core";
import type { ListFileEntry } from "@huggingface/hub";
import { type Connection, patientFetch } from "./connection.js";
import type { Digest } from "./digest.js";
import { hubLibrary } from "./hub-library.js";
import { type HubPlace, placeName } from "./hub-place.js";
import { isPlainPath } from "./plain-path.js";

/** A file of a repository, as the hub describes it. */
export interface RemoteFile {
  /** Within the repository. */
  readonly path: string;
  /** With the repository's name, for messages. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly digest: Digest;
  readonly url: string;
}

/** A repository at one commit. */
export interface RepoListing {
  /** 40 hex digits. */
  readonly commit: string;
  readonly files: ReadonlyMap<string, RemoteFile>;
}

export const COMMIT = /^[0-9a-f]{40}$/;

/**
 * What lies in certain folders of a repository ("" is its root), and at which commit.
 *
 * @throws HubError, AbortedError
 */
export async function listRepo(
  connection: Connection,
  { repo, revision = "main" }: HubPlace,
  folders: ReadonlySet<string>,
): Promise<RepoListing> {
  const subject = placeName({ repo, revision });
  const hub = { hubUrl: connection.endpoint, fetch: patientFetch(connection, subject) };
  try {
    const { listFiles } = await hubLibrary();
    const commit = COMMIT.test(revision) ? revision : await commitOf(repo, revision, hub);
    const files = new Map<string, RemoteFile>();
    for (const folder of folders) {
      const where = folder === "" ? {} : { path: encodePath(folder) };
      const entries = listFiles({ ...hub, ...where, repo: { type: "model", name: repo }, revision: commit });
      for await (const entry of entries) {
        const file = remoteFile(entry, repo, `${connection.endpoint}/${repo}/resolve/${commit}`);
        if (file !== undefined) files.set(file.path, file);
      }
    }
    return { commit, files };
  } catch (error) {
    if (AnabranchError.isInstance(error)) throw error;
    throw new HubError("HUB_UNAVAILABLE", `${subject}: ${connection.endpoint} does not answer as a hub does.`, {
      subject,
      cause: error,
      cure: "Check HF_ENDPOINT, and that no sign-in page of the network stands between.",
    });
  }
}

async function commitOf(repo: string, revision: string, hub: { hubUrl: string; fetch: typeof fetch }): Promise<string> {
  const { modelInfo } = await hubLibrary();
  const { sha } = await modelInfo({ ...hub, name: repo, revision, additionalFields: ["sha"] });
  if (typeof sha === "string" && COMMIT.test(sha)) return sha;
  throw new TypeError(`${JSON.stringify(sha)} is no commit`);
}

/** Undefined for folders, and for what cannot be trusted to be a file's description: its parts become paths of ours. */
function remoteFile(entry: ListFileEntry, repo: string, base: string): RemoteFile | undefined {
  const { type, path, size, oid, lfs } = entry;
  if (type !== "file" || !isPlainPath(path)) return undefined;
  const bytes = lfs?.size ?? size;
  const digest: Digest = lfs ? { kind: "sha256", hex: lfs.oid } : { kind: "git-blob", hex: oid ?? "" };
  const form = digest.kind === "sha256" ? /^[0-9a-f]{64}$/ : COMMIT;
  if (!form.test(digest.hex) || !Number.isSafeInteger(bytes) || bytes < 0) return undefined;
  return { path, name: `${repo}/${path}`, size: bytes, digest, url: `${base}/${encodePath(path)}` };
}

const encodePath = (path: string) => path.split("/").map(encodeURIComponent).join("/");

/** The folders that files lie in: the listing's unit. */
export const foldersOf = (paths: readonly string[]): ReadonlySet<string> =>
  new Set(paths.map((path) => posix.dirname(path).replace(/^\.$/, "")));
