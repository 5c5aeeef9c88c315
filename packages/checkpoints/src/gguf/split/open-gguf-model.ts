import { InvalidArgumentError, InvalidFileError, IoError } from "@anabranch/core";
import { type Folder, openIn } from "../../bytes/folder.js";
import { type GgufFile, openGguf } from "../open-gguf.js";
import { joinedGguf } from "./joined-gguf.js";
import { ggufPartNames } from "./part-names.js";
import { type Split, splitOf } from "./split-of.js";

/**
 * Opens a model's GGUF file; where that is the first of several parts ("name-00001-of-00003.gguf"), all of them, as one file.
 *
 * @param path of the file, or of the first part: a file's path (Node), or its name among `files`
 * @param files by name, instead of a file system
 * @throws IoError naming the part that is not there; InvalidFileError naming the part that is another model's;
 *   InvalidArgumentError for a part that is not the first; and what `openGguf` throws
 */
export async function openGgufModel(path: string, files?: Exclude<Folder, string>): Promise<GgufFile> {
  const open = async (name: string) => openGguf(files === undefined ? name : await openIn(files, name));
  const first = await open(path);
  const parts = [first];
  try {
    const split = splitOf(first);
    if (split === undefined) return first;
    const names = ggufPartNames(path);
    checkFirst(path, split, names);
    for (const name of names.slice(1)) {
      const part = await open(name).catch((error: unknown) => Promise.reject(unreadable(name, path, error)));
      parts.push(part);
      const { no, count, tensors } = splitOf(part) ?? {};
      const isNext = no === parts.length - 1 && count === split.count && tensors === split.tensors;
      if (!isNext) throw foreign(name, path, `it does not say that it is part ${parts.length} of ${split.count}`);
    }
    return joinedGguf(parts, split, (part, what) => foreign(part.name, path, what));
  } catch (error) {
    await Promise.all(parts.map((part) => part.close()));
    throw error;
  }
}

function checkFirst(path: string, { no, count }: Split, names: readonly string[]): void {
  const of = `${path} is part ${no + 1} of ${count}`;
  if (no !== 0) {
    throw new InvalidArgumentError(`${of}, and a model is named by its first part.`, {
      subject: path,
      cure: names[0] === path ? "Give the parts the names that they were written with." : `Name ${names[0]}.`,
    });
  }
  if (names.length === count && names[0] === path) return;
  const ending = `-00001-of-${String(count).padStart(5, "0")}.gguf`;
  throw new InvalidArgumentError(`${of}, but its name, by which the others are found, does not end in ${ending}.`, {
    subject: path,
    cure: "Give the parts the names that they were written with.",
  });
}

function unreadable(name: string, first: string, cause: unknown): unknown {
  if (!(cause instanceof IoError)) return cause;
  return new IoError(`${name}, a part of the model that ${first} begins, cannot be read.`, {
    subject: name,
    cure: "Put all parts into one folder, under the names that they were written with.",
    cause,
  });
}

function foreign(name: string, first: string, what: string): InvalidFileError {
  return new InvalidFileError(`${name} is no part of the model that ${first} begins: ${what}.`, {
    subject: name,
    cure: "Fetch all parts of one model again.",
  });
}
