import { type Adapter, InvalidArgumentError, PHRASE_WIDTH, TRANSITION_WIDTH } from "@anabranch/core";
import { joinParts, type WritableFolder, writeIn } from "../bytes/folder.js";
import { sealText } from "../bytes/seal.js";
import { addWeight, int8Metadata } from "../model/int8-file.js";
import { requireShape, requireTensor } from "../model/require-tensor.js";
import { DEFAULT_BLOCK_SIZE } from "../quantize/block-size.js";
import { quantizeInt8 } from "../quantize/quantize-int8.js";
import { HEADER_CHECKSUM } from "../safetensors/checksums.js";
import { openSafetensors } from "../safetensors/open-safetensors.js";
import { type NewTensor, safetensorsParts } from "../safetensors/write-safetensors.js";
import { readAdapterConfig, writeAdapterConfig } from "./adapter-config.js";
import {
  ADAPTER_CHECKSUM,
  ADAPTER_CONFIG_FILE,
  ADAPTER_FORMAT_VERSION,
  ADAPTER_WEIGHTS_FILE,
} from "./adapter-files.js";
import type { AdapterSettings } from "./adapter-settings.js";
import { adapterTensors, DRAFT_VOCABULARY_TENSOR, PHRASES_TENSOR, TRANSITIONS_TENSOR } from "./adapter-tensors.js";
import { requireJson } from "./require-json.js";

export interface SaveAdapterOptions extends AdapterSettings {
  /** f32 comes back bit for bit; int8 is a quarter of the size, and comes back as the same widened values each time. */
  readonly format: "f32" | "int8";
  /** Weights a scale for int8. Default 32. */
  readonly blockSize?: number;
}

/**
 * Writes an adapter in PEFT's layout: adapter_config.json and adapter_model.safetensors; whole files or none.
 *
 * @param folder a path (made if needed), or a map that receives the files
 * @throws MissingTensorError, ShapeMismatchError, InvalidArgumentError (settings), NotFiniteError (int8), IoError
 */
export async function saveAdapter(
  folder: WritableFolder,
  adapter: Adapter,
  { format, blockSize = DEFAULT_BLOCK_SIZE, ...settings }: SaveAdapterOptions,
): Promise<void> {
  requireJson(settings.calibration, "calibration");
  requireJson(settings.opening, "opening");
  const tensors = new Map<string, NewTensor>();
  const blockSizes = new Map<string, number>();
  const expected = adapterTensors(adapter.streams);
  for (const { name, fileName, shape } of expected) {
    const tensor = requireTensor(adapter.tensors, name, "the adapter");
    const [rows, columns] = tensor.shape;
    requireShape(name, tensor.shape, [shape[0] ?? rows ?? 0, shape[1] ?? columns ?? 0], "the adapter");
    addWeight(fileName, format === "int8" ? quantizeInt8(tensor, blockSize) : tensor, tensors, blockSizes);
  }
  const counted = [
    { name: TRANSITIONS_TENSOR, rows: adapter.transitions?.rows, width: TRANSITION_WIDTH },
    { name: PHRASES_TENSOR, rows: adapter.phrases?.rows, width: PHRASE_WIDTH },
  ];
  for (const { name, rows, width } of counted) {
    if (rows === undefined) continue;
    const shape = [rows.length / width, width];
    addWeight(name, { format: "f32", shape, data: Float32Array.from(rows) }, tensors, blockSizes);
  }
  if (adapter.draftVocabulary !== undefined) {
    const { length } = adapter.draftVocabulary;
    const vocabulary = { format: "f32", shape: [length, 1], data: Float32Array.from(adapter.draftVocabulary) } as const;
    addWeight(DRAFT_VOCABULARY_TENSOR, vocabulary, tensors, blockSizes);
  }
  refuseExtras(adapter, new Set(expected.map(({ name }) => name)));
  const parts = await safetensorsParts(tensors, {
    ...int8Metadata(blockSizes),
    "anabranch.format": "adapter",
    "anabranch.format_version": String(ADAPTER_FORMAT_VERSION),
    "anabranch.weights": format,
  });
  const checksum = (await openSafetensors(joinParts(parts))).metadata.get(HEADER_CHECKSUM) ?? "";
  const json = writeAdapterConfig(adapter, settings, checksum);
  checkReadable(json);
  const text = await sealText(`${JSON.stringify(json, null, 2)}\n`, ADAPTER_CHECKSUM);
  const config = new TextEncoder().encode(text);
  await writeIn(
    folder,
    new Map([
      [ADAPTER_WEIGHTS_FILE, parts],
      [ADAPTER_CONFIG_FILE, [config]],
    ]),
  );
}

function refuseExtras(adapter: Adapter, known: ReadonlySet<string>): void {
  const extra = [...adapter.tensors.keys()].find((name) => !known.has(name));
  if (extra === undefined) return;
  throw new InvalidArgumentError(`The adapter has a tensor "${extra}" that its streams do not call for.`, {
    subject: extra,
    cure: "Leave it out, or describe it in `streams`.",
  });
}

/** What cannot be loaded is not written. */
function checkReadable(json: Record<string, unknown>): void {
  try {
    readAdapterConfig(json, "the adapter's settings");
  } catch (cause) {
    throw new InvalidArgumentError((cause as Error).message, { cause });
  }
}
