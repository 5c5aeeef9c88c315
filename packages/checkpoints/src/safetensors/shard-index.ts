import { InvalidFileError } from "@anabranch/core";
import * as v from "valibot";
import { type Folder, pathIn, readTextIn } from "../bytes/folder.js";
import { checkFields, parseJsonObject } from "../config/check-fields.js";

export const INDEX_FILE = "model.safetensors.index.json";

const schema = v.object({ weight_map: v.record(v.string(), v.string()) });

/**
 * Which shard has which tensor, by a folder's index file: tensor name to file name.
 *
 * @throws InvalidFileError naming the tensor whose file is no plain name ending in .safetensors, so that no index can point
 *   out of its folder
 */
export async function readShardIndex(folder: Folder): Promise<ReadonlyMap<string, string>> {
  const name = pathIn(folder, INDEX_FILE);
  const json = parseJsonObject(await readTextIn(folder, INDEX_FILE), name);
  const map = new Map(Object.entries(checkFields(schema, json, name).weight_map));
  for (const [tensor, file] of map) {
    if (/^[^/\\:\0]+\.safetensors$/.test(file)) continue;
    throw new InvalidFileError(`${name}: the file of tensor "${tensor}" is ${JSON.stringify(file)}, no shard's name.`, {
      subject: tensor,
      cure: "Shards lie beside the index: fetch the folder again.",
    });
  }
  return map;
}
