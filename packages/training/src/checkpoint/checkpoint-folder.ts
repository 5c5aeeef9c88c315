import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { openSafetensors, writeSafetensors } from "@anabranch/checkpoints";
import { type Float32Tensor, InvalidFileError } from "@anabranch/core";
import type { CheckpointStore, TrainingState } from "./training-state.js";

const FORMAT = "anabranch.training.version";
const VERSION = "1";

/**
 * States as safetensors files in a folder: `last.safetensors` to go on from, `best.safetensors` with the weights of the best
 * held-out measure. Files carry checksums and are renamed into place, so a killed run leaves whole ones.
 */
export function checkpointFolder(folder: string): CheckpointStore {
  const last = join(folder, "last.safetensors");
  return {
    load: async () => {
      await removeHalfFiles(folder);
      return existsSync(last) ? readState(last) : undefined;
    },
    save: ({ step, best, run, tensors }) => {
      const metadata = { [FORMAT]: VERSION, step: String(step), best: String(best), run };
      return writeSafetensors(last, tensors, metadata);
    },
    saveBest: (weights, step) =>
      writeSafetensors(join(folder, "best.safetensors"), weights, { [FORMAT]: VERSION, step: String(step) }),
  };
}

/**
 * Weights out of a checkpoint file of {@link checkpointFolder}, without the optimiser's moments.
 * @throws IoError, InvalidFileError, ChecksumError
 */
export async function readCheckpointWeights(path: string): Promise<Map<string, Float32Tensor>> {
  const file = await openSafetensors(path);
  try {
    const names = [...file.tensors.keys()].filter((name) => !/^(mean|square)\./.test(name));
    return await readTensors(file, names);
  } finally {
    await file.close();
  }
}

/** What a killed run was writing when it died. */
async function removeHalfFiles(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const file of await readdir(folder)) {
    if (/^(last|best)\.safetensors\..*\.tmp$/.test(file)) await rm(join(folder, file), { force: true });
  }
}

type SafetensorsFile = Awaited<ReturnType<typeof openSafetensors>>;

async function readState(path: string): Promise<TrainingState> {
  const file = await openSafetensors(path);
  try {
    const { metadata } = file;
    const step = Number(metadata.get("step"));
    const run = metadata.get("run");
    if (metadata.get(FORMAT) !== VERSION || !Number.isSafeInteger(step) || step < 0 || run === undefined) {
      throw new InvalidFileError(`${path} is not a training checkpoint of version ${VERSION}.`, { subject: path });
    }
    const best = metadata.get("best");
    return {
      step,
      run,
      best: best === undefined || best === "undefined" ? undefined : Number(best),
      tensors: await readTensors(file, [...file.tensors.keys()]),
    };
  } finally {
    await file.close();
  }
}

async function readTensors(file: SafetensorsFile, names: readonly string[]): Promise<Map<string, Float32Tensor>> {
  const tensors = new Map<string, Float32Tensor>();
  for (const name of names) {
    const data = await file.read(name);
    const shape = file.tensors.get(name)?.shape;
    if (!(data instanceof Float32Array) || shape === undefined) {
      throw new InvalidFileError(`${file.name}: tensor ${name} is not float32.`, { subject: `${file.name}#${name}` });
    }
    tensors.set(name, { format: "f32", shape, data });
  }
  return tensors;
}
