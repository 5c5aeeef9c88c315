import { HubError, UnsupportedError } from "@anabranch/core";
import { type HubPlace, placeName } from "./hub-place.js";
import type { RemoteFile, RepoListing } from "./repo-listing.js";

export const WEIGHTS = "model.safetensors";
export const WEIGHTS_INDEX = "model.safetensors.index.json";
export const ADAPTER_WEIGHTS = "adapter_model.safetensors";

/** What a model's or an adapter's folder may hold that we read. Not the same weights in other formats. */
const SMALL_FILES = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "chat_template.jinja",
  "special_tokens_map.json",
  "adapter_config.json",
];

/**
 * The files of a repository that loading needs. Where the weights are in shards the index stands for them: see
 * {@link shardsOf}.
 *
 * @throws HubError for a file asked for by name that is not there
 * @throws UnsupportedError for a repository without weights that we read, telling what it has instead
 */
export function wantedFiles(listing: RepoListing, place: HubPlace, names?: readonly string[]): RemoteFile[] {
  if (names !== undefined) return names.map((name) => listedFile(listing, place, name));
  const { files } = listing;
  const weights = [files.has(WEIGHTS) ? WEIGHTS : WEIGHTS_INDEX, ADAPTER_WEIGHTS].filter((name) => files.has(name));
  if (weights.length === 0) throw noWeights(listing, place);
  return [...SMALL_FILES, ...weights].flatMap((name) => files.get(name) ?? []);
}

/** @throws HubError naming what there is of that kind */
export function listedFile({ files }: RepoListing, place: HubPlace, name: string): RemoteFile {
  const file = files.get(name);
  if (file !== undefined) return file;
  const subject = placeName({ ...place, file: name });
  const ending = /\.[^./]+$/.exec(name)?.[0] ?? "";
  const alike = [...files.keys()].filter((path) => path.endsWith(ending));
  throw new HubError("HUB_NOT_FOUND", `${subject}: the repository has no such file.`, {
    subject,
    status: 404,
    cure: alike.length === 0 ? "Check the spelling." : `It has ${someOf(alike)}.`,
  });
}

function noWeights({ files }: RepoListing, place: HubPlace): UnsupportedError {
  const subject = placeName(place);
  const ggufs = [...files.keys()].filter((path) => path.endsWith(".gguf"));
  if (ggufs.length > 0) {
    const { repo, revision } = place;
    const named = (file = "") => `hf:${placeName({ repo, file, ...(revision === undefined ? {} : { revision }) })}`;
    return new UnsupportedError(`${subject} has no safetensors, but these GGUF files: ${someOf(ggufs)}.`, {
      subject,
      cure: `Name one of them: ${named(ggufs[0])}`,
    });
  }
  const others = [...files.keys()].filter((path) => /\.(bin|pt|pth|onnx|h5|msgpack)$/.test(path));
  const instead = others.length === 0 ? "" : ` It has ${someOf(others)}, which we do not read.`;
  return new UnsupportedError(`${subject} has no weights as safetensors in its main folder.${instead}`, {
    subject,
    cure: "Choose a repository that has model.safetensors, or a GGUF file of the same model.",
  });
}

function someOf(names: readonly string[]): string {
  const most = 30;
  const rest = names.length > most ? ` and ${names.length - most} more` : "";
  return names.slice(0, most).join(", ") + rest;
}
