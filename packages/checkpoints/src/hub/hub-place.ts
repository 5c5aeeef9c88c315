import { InvalidArgumentError } from "@anabranch/core";
import { parseHubUrl } from "./hub-url.js";
import { isPlainPath } from "./plain-path.js";

/** A model on a hub: a repository, or one file of it. */
export interface HubPlace {
  /** "org/name", or "name" alone for the few models of the hub's first days. */
  readonly repo: string;
  /** A file's path within the repository: then that file alone is wanted. */
  readonly file?: string;
  /** A branch, a tag, a commit, or "refs/pr/7". "main" when absent. */
  readonly revision?: string;
}

/** Letters, digits, "_", "-" and "."; what the hub itself allows in a name. */
const NAME = /^\w[\w.-]{0,95}$/;
const REVISION = /^\w[\w./+-]{0,254}$/;

/** First parts of paths that people have on their disks, and that no organisation of the hub is called. */
const FOLDERS = new Set(["models", "datasets", "spaces"]);

/** What a file is called: "org/model.gguf" is a path that was mistyped, not a repository. */
const FILE = /\.(gguf|safetensors|json|jinja|bin|onnx)$/i;

/**
 * What a place names on the hub: "org/name", "org/name@revision", "hf:org/name", "hf:org/name/folder/file.gguf",
 * either with "@revision", or the address of a model's page or file on https://huggingface.co.
 *
 * @returns undefined for whatever is plainly no such thing: paths and other URLs. "org/name" may be a folder too, so
 *   look for one first.
 * @throws InvalidArgumentError for "hf:" followed by what cannot be on the hub.
 */
export function parseHubPlace(place: string): HubPlace | undefined {
  if (/^https?:\/\//i.test(place)) return checked(parseHubUrl(place));
  if (!place.startsWith("hf:")) return FILE.test(place) ? undefined : checked(split(place, 2));
  const found = checked(split(place.slice("hf:".length), Number.POSITIVE_INFINITY));
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`${place} names nothing that can be on the hub.`, {
    subject: place,
    cure: "Write hf:organisation/name or hf:organisation/name/file.gguf, and @revision after it if you need one.",
  });
}

/** "org/name/file@revision" in parts, if it has no more than so many. */
function split(text: string, most: number): HubPlace | undefined {
  const at = text.indexOf("@");
  const [path, revision] = at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
  const parts = path.split("/");
  if (parts.length > most || (parts.length < 2 && most === 2)) return undefined;
  const file = parts.slice(2).join("/");
  return {
    repo: parts.slice(0, 2).join("/"),
    ...(parts.length > 2 ? { file } : {}),
    ...(revision === undefined ? {} : { revision }),
  };
}

function checked(place: HubPlace | undefined): HubPlace | undefined {
  if (place === undefined) return undefined;
  const { repo, file, revision } = place;
  const names = repo.split("/");
  if (
    (names.length > 1 && FOLDERS.has(names[0] ?? "")) ||
    !names.every((name) => NAME.test(name) && !/--|\.\.|[.-]$/.test(name))
  ) {
    return undefined;
  }
  if (file !== undefined && !isPlainPath(file)) return undefined;
  if (revision !== undefined && !(REVISION.test(revision) && isPlainPath(revision))) return undefined;
  return place;
}

/** As one would write it, for messages. */
export function placeName({ repo, file, revision }: HubPlace): string {
  return `${repo}${file === undefined ? "" : `/${file}`}${revision === undefined ? "" : `@${revision}`}`;
}
