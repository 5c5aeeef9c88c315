import { access } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { fetchFromHub, type HubProgress, parseHubPlace } from "@anabranch/checkpoints/node";
import { HubError, InvalidArgumentError } from "@anabranch/core";

/**
 * Where a model or an adapter is: a path or file URL; or on the hub: "org/name", "hf:org/name/file.gguf", either with
 * "@revision", or a page's address. What is there as a path is taken for that.
 */
export type Place = string | URL;

export interface PlaceOptions {
  readonly signal?: AbortSignal;
  /** Hears of a download from the hub. */
  readonly onProgress?: (progress: HubProgress) => void;
}

/**
 * The path of a place, fetched from the hub's cache or from the hub where it is no path of this machine.
 *
 * @throws InvalidArgumentError for a URL that is neither a file's nor the hub's; what `fetchFromHub` throws
 */
export async function pathOf(place: Place, options: PlaceOptions = {}): Promise<string> {
  const text = place instanceof URL ? place.href : place;
  if (text.startsWith("file:")) return pathOfFileUrl(text);
  if (await exists(text)) return text;
  const hubPlace = parseHubPlace(text);
  if (hubPlace === undefined) {
    if (/^[a-z][a-z+.-]+:\/\//i.test(text)) throw strangeUrl(text);
    return text; // Reading it says what is wrong.
  }
  try {
    return await fetchFromHub(hubPlace, options);
  } catch (error) {
    const maybePath = error instanceof HubError && !text.includes(":");
    throw maybePath ? notHereEither(text, error) : error;
  }
}

function pathOfFileUrl(url: string): string {
  try {
    return fileURLToPath(url).replace(/(?<=.)[\\/]$/, "");
  } catch (cause) {
    throw strangeUrl(url, cause);
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Who meant a folder should not be told of a repository alone. */
function notHereEither(place: string, error: HubError): HubError {
  return new HubError(error.code, `There is no file or folder "${place}" here, and on the hub: ${error.message}`, {
    subject: place,
    cause: error,
    ...(error.status === undefined ? {} : { status: error.status }),
  });
}

function strangeUrl(url: string, cause?: unknown): InvalidArgumentError {
  return new InvalidArgumentError(`${url} is neither on this machine nor the page of a model on the hub.`, {
    subject: "model",
    cure: "Download it, and pass its path or a file: URL; or name a model of the hub as org/name.",
    cause,
  });
}
