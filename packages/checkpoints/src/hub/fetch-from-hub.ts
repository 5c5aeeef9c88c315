import { join } from "node:path";
import { AnabranchError, HubError, InvalidArgumentError } from "@anabranch/core";
import { replaceFiles } from "../bytes/replace-files.js";
import { ggufPartNames } from "../gguf/split/part-names.js";
import { type RepoCache, repoCache } from "./cache-layout.js";
import { cachedPlace } from "./cached-place.js";
import type { Connection } from "./connection.js";
import { Fetching } from "./fetching.js";
import { type HubPlace, parseHubPlace, placeName } from "./hub-place.js";
import { type HubSettings, hubSettings } from "./hub-settings.js";
import { isPlainPath } from "./plain-path.js";
import { type HubProgress, ProgressMeter } from "./progress-meter.js";
import { COMMIT, foldersOf, listRepo, type RepoListing } from "./repo-listing.js";
import { type RetryPolicy, retryPolicy } from "./retry-policy.js";

export interface FetchFromHubOptions {
  readonly signal?: AbortSignal;
  /** Hears some ten times a second how far it is. */
  readonly onProgress?: (progress: HubProgress) => void;
  /** "https://host" of the hub. HF_ENDPOINT, or huggingface.co, when absent. */
  readonly endpoint?: string;
  /** HF_TOKEN, or the file `token` in HF_HOME, when absent. */
  readonly token?: string;
  /** The folder of "models--org--name" folders. HF_HUB_CACHE, or `hub` in HF_HOME, when absent. */
  readonly cacheDirectory?: string;
  /** Only what the cache holds, without any request. HF_HUB_OFFLINE when absent. */
  readonly offline?: boolean;
  /** Branch, tag or commit, where the place names none. */
  readonly revision?: string;
  /** These files of the repository instead of those that loading needs. */
  readonly files?: readonly string[];
  /** How long failures that may pass are put up with. */
  readonly retry?: Partial<RetryPolicy>;
  /** Another `fetch`, for a proxy for instance. */
  readonly fetch?: typeof fetch;
}

/**
 * Fetches a model or an adapter into the hub's cache, which other libraries share, and says where it lies.
 *
 * Only files that loading needs are fetched, and of those what the cache lacks; each is checked against the hub's hash.
 * An interrupted download goes on where it ended. When the hub cannot be reached, what the cache holds is used.
 *
 * @returns the path of the snapshot's folder, or of the file where the place names one; of a GGUF model in parts all are
 *   fetched then
 * @throws HubError: HUB_NOT_FOUND, HUB_UNAUTHORIZED, HUB_RATE_LIMITED, HUB_UNAVAILABLE
 * @throws UnsupportedError for a repository without weights that we read (it names those that it has)
 * @throws ChecksumError, InvalidFileError, InvalidArgumentError, IoError, AbortedError
 */
export async function fetchFromHub(place: HubPlace, options: FetchFromHubOptions = {}): Promise<string> {
  const wanted = checkedPlace({ ...place, revision: place.revision ?? options.revision ?? "main" });
  const names = wanted.file === undefined ? checkedFiles(options.files) : ggufPartNames(wanted.file);
  const settings = await hubSettings(options);
  const cache = repoCache(settings.cacheDirectory, wanted.repo);
  const cached = await cachedPlace(cache, wanted, names);
  if (cached !== undefined && (settings.offline || isFinal(wanted, names))) return cached;
  if (settings.offline) throw notCached(wanted, settings);

  const connection = connectionOf(settings, options);
  const listing = await listOrCached(connection, wanted, names, cached);
  if (typeof listing === "string") return listing;
  const folder = cache.snapshot(listing.commit);
  const fetching = new Fetching(connection, cache, folder, new ProgressMeter(options.onProgress));
  await fetching.fetch(listing, wanted, names);
  await rememberCommit(cache, wanted, listing.commit);
  return wanted.file === undefined ? folder : join(folder, ...wanted.file.split("/"));
}

/** Where the hub cannot be reached the cache serves, and then there is no point in trying long. */
async function listOrCached(
  connection: Connection,
  place: HubPlace,
  names: readonly string[] | undefined,
  cached: string | undefined,
): Promise<RepoListing | string> {
  const retries = Math.min(connection.retry.retries, cached === undefined ? Number.POSITIVE_INFINITY : 1);
  try {
    const patience = { ...connection, retry: { ...connection.retry, retries } };
    return await listRepo(patience, place, foldersOf(names ?? [""]));
  } catch (error) {
    const passing =
      AnabranchError.isInstance(error, "HUB_UNAVAILABLE") || AnabranchError.isInstance(error, "HUB_RATE_LIMITED");
    if (cached !== undefined && passing) return cached;
    throw error;
  }
}

/** A commit's files never change: those that were asked for by name and are there need no question. */
const isFinal = ({ revision = "" }: HubPlace, names: readonly string[] | undefined) =>
  names !== undefined && COMMIT.test(revision);

/** Last, so that a name in the cache always leads to a whole snapshot. */
async function rememberCommit(cache: RepoCache, { revision = "main" }: HubPlace, commit: string): Promise<void> {
  if (revision === commit) return;
  await replaceFiles([{ path: cache.ref(revision), parts: [new TextEncoder().encode(commit)] }]);
}

function connectionOf({ endpoint, token }: HubSettings, options: FetchFromHubOptions): Connection {
  const { signal, fetch = globalThis.fetch } = options;
  return { endpoint, token, fetch, signal, retry: retryPolicy(options.retry) };
}

/** A place may be made by hand: its parts become paths of ours. */
function checkedPlace(place: HubPlace): HubPlace {
  const name = placeName(place);
  const { repo, file, revision } = parseHubPlace(`hf:${name}`) ?? {};
  if (repo === place.repo && file === place.file && revision === place.revision) return place;
  throw new InvalidArgumentError(`${name} cannot be on the hub.`, { subject: name });
}

function checkedFiles(files: readonly string[] | undefined): readonly string[] | undefined {
  const wrong = files?.find((file) => !isPlainPath(file));
  if (wrong === undefined) return files;
  throw new InvalidArgumentError(`"${wrong}" is no path within a repository.`, { subject: "files" });
}

function notCached(place: HubPlace, { cacheDirectory }: HubSettings): HubError {
  const subject = placeName(place);
  return new HubError("HUB_UNAVAILABLE", `${subject} is not in the cache (${cacheDirectory}), and we are offline.`, {
    subject,
    cure: "Unset HF_HUB_OFFLINE to fetch it, or set HF_HOME to the cache that has it.",
  });
}
