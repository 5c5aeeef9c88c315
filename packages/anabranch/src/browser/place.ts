import { InvalidArgumentError } from "@anabranch/core";

/**
 * Where a model or an adapter is: the address of a Hugging Face folder or of a GGUF file, relative ones beginning with "./",
 * "../" or "/"; its name on the hub, "org/name" or "hf:org/name/file.gguf", either with "@revision"; or its files, as a visitor
 * chose or dropped them, or by their names.
 */
export type Place = string | URL | Blob | Iterable<File> | ReadonlyMap<string, Blob>;

/** A place that can be sent to a worker. */
export type SentPlace =
  /** `base`: what a relative address is relative to, since a worker of ours has no address. */
  { readonly address: string; readonly base: string } | { readonly files: ReadonlyMap<string, Blob> };

/** @throws InvalidArgumentError for what is no place */
export function sentPlace(place: Place, subject: "model" | "adapter"): SentPlace {
  if (typeof place === "string" || place instanceof URL) {
    return { address: String(place), base: globalThis.document?.baseURI ?? location.href };
  }
  const files =
    place instanceof Map ? place : filesByName(place instanceof Blob ? [place] : [...(place as Iterable<File>)]);
  for (const [name, file] of files) {
    if (!(typeof name === "string" && file instanceof Blob))
      throw strange(`${subject} holds what is no file.`, subject);
  }
  if (files.size === 0) throw strange(`${subject} holds no file.`, subject);
  return { files };
}

/** A Blob without a name can only be a whole model. */
const filesByName = (files: readonly Blob[]) =>
  new Map(files.map((file) => [file instanceof File ? file.name : "model.gguf", file]));

function strange(message: string, subject: string): InvalidArgumentError {
  const cure = "Pass an address, a name on the hub, a File or Blob, or several by their names.";
  return new InvalidArgumentError(message, { subject, cure });
}
