import {
  type Adapter,
  adapterParameterShapes,
  ChecksumError,
  checkDraftVocabulary,
  type Float32Tensor,
  InvalidFileError,
  type ModelSpec,
  type ModelWeights,
  PHRASE_WIDTH,
  type StreamSpec,
  TRANSITION_WIDTH,
  UnsupportedError,
} from "@anabranch/core";
import { type Folder, openIn } from "../bytes/folder.js";
import { readBlockSizes, readFloat32, scalesName } from "../model/int8-file.js";
import { requireShape, requireTensor } from "../model/require-tensor.js";
import { HEADER_CHECKSUM } from "../safetensors/checksums.js";
import { openSafetensors, type SafetensorsFile } from "../safetensors/open-safetensors.js";
import type { AdapterConfig } from "./adapter-config.js";
import { ADAPTER_WEIGHTS_FILE } from "./adapter-files.js";
import type { AdapterSettings } from "./adapter-settings.js";
import { adapterTensors, DRAFT_VOCABULARY_TENSOR, PHRASES_TENSOR, TRANSITIONS_TENSOR } from "./adapter-tensors.js";
import { checkBase } from "./check-base.js";
import { loadAdapterConfig } from "./load-adapter-config.js";

export interface LoadedAdapter extends AdapterSettings {
  readonly adapter: Adapter;
}

export interface LoadAdapterOptions {
  /** The model it will run on, or that model's fingerprint: another one is refused. */
  readonly base?: ModelWeights | string;
}

/**
 * Loads a stream adapter's folder. Every byte of both files is checked; tensors come as float32 whatever the file holds.
 *
 * @param folder a path (Node), or the files' bytes or Blobs by name
 * @throws WrongBaseModelError, UnsupportedError (another kind of adapter, a newer version), InvalidFileError,
 *   ChecksumError, MissingTensorError, ShapeMismatchError, IoError
 */
export async function loadAdapter(folder: Folder, { base }: LoadAdapterOptions = {}): Promise<LoadedAdapter> {
  const config = await loadAdapterConfig(folder);
  const { streams, baseFingerprint, settings } = config;
  const file = await openSafetensors(await openIn(folder, ADAPTER_WEIGHTS_FILE));
  try {
    if (file.metadata.get(HEADER_CHECKSUM) !== config.tensorsChecksum) throw wrongTensors(file.name);
    if (base !== undefined) await checkBase(config, base, file.name);
    const tensors = await readTensors(file, streams, typeof base === "object" ? base.spec : undefined);
    const transitions = await readRows(file, TRANSITIONS_TENSOR, TRANSITION_WIDTH);
    const phrases = await readRows(file, PHRASES_TENSOR, PHRASE_WIDTH);
    const draftVocabulary = await readDraftVocabulary(file, config);
    if (draftVocabulary !== undefined && typeof base === "object") checkDraftVocabulary(base.spec, draftVocabulary);
    const adapter = {
      streams,
      tensors,
      ...(draftVocabulary === undefined ? {} : { draftVocabulary }),
      ...(transitions === undefined ? {} : { transitions }),
      ...(phrases === undefined ? {} : { phrases }),
      ...(baseFingerprint === undefined ? {} : { baseFingerprint }),
    };
    return { adapter, ...settings };
  } finally {
    await file.close();
  }
}

async function readTensors(file: SafetensorsFile, streams: StreamSpec, spec?: ModelSpec) {
  const blockSizes = readBlockSizes(file);
  const shapes = spec === undefined ? undefined : adapterParameterShapes(spec, streams);
  const tensors = new Map<string, Float32Tensor>();
  const used = new Set([TRANSITIONS_TENSOR, PHRASES_TENSOR, DRAFT_VOCABULARY_TENSOR]);
  for (const { name, fileName, shape } of adapterTensors(streams)) {
    const found = requireTensor(file.tensors, fileName, file.name).shape;
    const loose = [shape[0] ?? found[0] ?? 0, shape[1] ?? found[1] ?? 0];
    requireShape(fileName, found, shapes?.get(name) ?? loose, file.name);
    tensors.set(name, await readFloat32(file, fileName, blockSizes.get(fileName)));
    used.add(fileName);
    if (blockSizes.has(fileName)) used.add(scalesName(fileName));
  }
  const extra = [...file.tensors.keys()].find((name) => !used.has(name));
  if (extra !== undefined) throw unknownTensor(file.name, extra);
  return tensors;
}

/** Counted rows; undefined where the adapter has none. */
async function readRows(
  file: SafetensorsFile,
  name: string,
  width: number,
): Promise<{ readonly rows: Int32Array } | undefined> {
  const found = file.tensors.get(name);
  if (found === undefined) return undefined;
  requireShape(name, found.shape, [found.shape[0] ?? 0, width], file.name);
  return { rows: await readWholeNumbers(file, name) };
}

async function readDraftVocabulary(file: SafetensorsFile, config: AdapterConfig): Promise<Int32Array | undefined> {
  const { draftTokens } = config;
  if (draftTokens === undefined) return undefined;
  const { shape } = requireTensor(file.tensors, DRAFT_VOCABULARY_TENSOR, file.name);
  requireShape(DRAFT_VOCABULARY_TENSOR, shape, [draftTokens, 1], file.name);
  return readWholeNumbers(file, DRAFT_VOCABULARY_TENSOR);
}

/** @throws InvalidFileError for anything but whole numbers. */
async function readWholeNumbers(file: SafetensorsFile, name: string): Promise<Int32Array> {
  const { data } = await readFloat32(file, name);
  const numbers = Int32Array.from(data);
  if (numbers.every((value, index) => value === data[index])) return numbers;
  throw new InvalidFileError(`${file.name}: tensor "${name}" holds numbers that are not whole.`, {
    subject: name,
    cure: "Fetch or write the adapter again.",
  });
}

function wrongTensors(file: string): ChecksumError {
  return new ChecksumError(`${file} is not the file that adapter_config.json was written with.`, {
    subject: file,
    cure: "Fetch or write both files again.",
  });
}

function unknownTensor(file: string, name: string): UnsupportedError {
  return new UnsupportedError(`${file}: tensor "${name}" is part of the adapter, but this release cannot use it.`, {
    subject: name,
    cure: "Update @anabranch/checkpoints.",
  });
}
