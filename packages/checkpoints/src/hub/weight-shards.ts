import { readFile } from "node:fs/promises";
import { InvalidFileError } from "@anabranch/core";
import * as v from "valibot";
import { ioError } from "../bytes/io-failure.js";
import { isPlainPath } from "./plain-path.js";

const index = v.object({ weight_map: v.record(v.string(), v.pipe(v.string(), v.check(isPlainPath))) });

/**
 * The files that an index of sharded weights names, each once.
 *
 * @throws InvalidFileError for what is no such index
 */
export async function shardsOf(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => Promise.reject(ioError("read", path, cause)));
  try {
    return [...new Set(Object.values(v.parse(index, JSON.parse(text)).weight_map))].sort();
  } catch (cause) {
    throw new InvalidFileError(`${path} is no index of weights: it has no "weight_map" of tensors to file names.`, {
      subject: path,
      cause,
    });
  }
}
