import { baseParameterShapes, type ModelSpec, parameterNames, type WeightTensor } from "@anabranch/core";
import { missingTensor, requireShape } from "./require-tensor.js";
import { storedNamesOf } from "./stored-names/index.js";
import type { StoredName } from "./stored-names/stored-name.js";
import { plusOne, rowsOf, transposed } from "./tensor-parts.js";
import type { TensorSource } from "./tensor-source.js";

/** A parameter's place in the file, and the shape of what is stored there: the sum of all that it holds. */
interface Place extends StoredName {
  readonly storedShape: readonly number[];
}

/**
 * A checkpoint's tensors under the names of `parameterNames`, cut and turned as the graph wants them, whatever the family
 * calls and stores them. What belongs to no parameter keeps the file's name.
 *
 * Parts of one stored tensor are best read one after the other: the last one read is kept until another is.
 */
export function parameterSource(source: TensorSource, spec: ModelSpec): TensorSource {
  const places = placesOf(source, spec);
  const parameters = new Map([...places].map(([parameter, { name }]) => [name, parameter]));
  let latest: { readonly name: string; readonly tensor: Promise<WeightTensor> } | undefined;
  const readStored = async ({ name, rows, storedShape, transposed: turned }: Place): Promise<WeightTensor> => {
    if (latest?.name === name) return latest.tensor;
    const read = async (): Promise<WeightTensor> => {
      const tensor = await source.read(name);
      requireShape(name, tensor.shape, storedShape, source.name);
      return turned ? transposed(tensor) : tensor;
    };
    const tensor = read();
    latest = rows === undefined ? undefined : { name, tensor };
    return tensor;
  };
  return {
    name: source.name,
    has: (parameter) => source.has(places.get(parameter)?.name ?? parameter),
    names: () => [...source.names()].map((name) => parameters.get(name) ?? name),
    async read(parameter) {
      const place = places.get(parameter);
      if (place === undefined) return source.read(parameter);
      if (!source.has(place.name)) throw missingTensor(place.name, source.name);
      const stored = await readStored(place);
      const tensor = place.rows === undefined ? stored : rowsOf(stored, ...place.rows);
      return place.plusOne ? plusOne(tensor) : tensor;
    },
  };
}

function placesOf(source: TensorSource, spec: ModelSpec): Map<string, Place> {
  const names = storedNamesOf(spec.family);
  const named = (parameter: string): StoredName => names.of(parameter, spec, source.convention ?? "hugging-face");
  const embedding = named(parameterNames.embedding).name;
  const prefix = names.prefixes.find((prefix) => source.has(prefix + embedding)) ?? (names.prefixes[0] as string);
  const head = names.heads.find((name) => source.has(name)) ?? (names.heads[0] as string);
  const shapes = baseParameterShapes(spec);
  const lengths = new Map<string, number>();
  const stored = [...shapes].map(([parameter, shape]) => {
    const at = parameter === parameterNames.head ? { name: head } : { ...named(parameter) };
    const full = parameter === parameterNames.head ? at : { ...at, name: prefix + at.name };
    const end = "rows" in full && full.rows !== undefined ? full.rows[1] : (shape[0] as number);
    lengths.set(full.name, Math.max(end, lengths.get(full.name) ?? 0));
    return [parameter, full as StoredName, shape] as const;
  });
  return new Map(
    stored.map(([parameter, at, [, ...rest]]) => {
      const shape = [lengths.get(at.name) as number, ...rest];
      return [parameter, { ...at, storedShape: at.transposed ? shape.toReversed() : shape }] as const;
    }),
  );
}
