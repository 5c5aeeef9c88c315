import { readShardIndex } from "@anabranch/checkpoints";
import type { SentPlace } from "../place.js";
import { type Fetching, PlaceFiles } from "./place-files.js";
import { remotePlace } from "./remote-place.js";

/** A model's or an adapter's files, ready to be read in any order. */
export interface OpenedPlace {
  readonly name: string;
  readonly files: ReadonlyMap<string, Blob>;
}

/**
 * Fetches what a place lacks here.
 *
 * @throws HubError, IoError, InvalidArgumentError, InvalidFileError (an index of shards), AbortedError
 */
export async function openPlace(
  place: SentPlace,
  subject: "model" | "adapter",
  fetching: Fetching,
): Promise<OpenedPlace> {
  if ("files" in place) return { name: [...place.files.keys()].join(", "), files: place.files };
  const remote = remotePlace(place.address, place.base);
  return alone(remote.address, fetching.signal, async () => {
    const files = await PlaceFiles.open(remote, fetching);
    const bring =
      subject === "adapter" ? bringAdapter : remote.ggufs === undefined ? bringFolder : bringAll(remote.ggufs);
    const opened = { name: remote.address, files: await bring(files) };
    await files.close();
    return opened;
  });
}

/** One tab, or one model, at a time fetches a place: whoever comes second finds it kept. */
function alone<Result>(address: string, signal: AbortSignal | undefined, work: () => Promise<Result>): Promise<Result> {
  const { locks } = navigator as Partial<Navigator>;
  if (locks === undefined) return work();
  return locks.request(`anabranch ${address}`, signal === undefined ? {} : { signal }, work) as Promise<Result>;
}

type Files = Map<string, Blob>;

const bringAll =
  (names: readonly string[]) =>
  async (from: PlaceFiles): Promise<Files> => {
    const files: Files = new Map();
    for (const name of names) files.set(name, await from.get(name));
    return files;
  };

const bringAdapter = bringAll(["adapter_config.json", "adapter_model.safetensors"]);

const WEIGHTS = "model.safetensors";
const WEIGHTS_INDEX = "model.safetensors.index.json";

/** Weights last: what is missing shows before they are fetched. */
async function bringFolder(from: PlaceFiles): Promise<Files> {
  const files = await bringAll(["config.json", "tokenizer.json"])(from);
  for (const name of ["tokenizer_config.json", "generation_config.json", "chat_template.jinja"]) {
    const file = await from.find(name);
    if (file !== undefined) files.set(name, file);
  }
  const weights = await from.find(WEIGHTS);
  if (weights !== undefined) return files.set(WEIGHTS, weights);
  const index = await from.find(WEIGHTS_INDEX);
  if (index === undefined) return files.set(WEIGHTS, await from.get(WEIGHTS)); // Says that there is none.
  files.set(WEIGHTS_INDEX, index);
  const shards = new Set((await readShardIndex(files)).values());
  for (const shard of [...shards].sort()) files.set(shard, await from.get(shard));
  return files;
}
