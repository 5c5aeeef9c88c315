import { MissingTensorError, ShapeMismatchError } from "@anabranch/core";

/** @throws MissingTensorError */
export function requireTensor<T>(tensors: ReadonlyMap<string, T>, name: string, where: string): T {
  const tensor = tensors.get(name);
  if (tensor !== undefined) return tensor;
  throw missingTensor(name, where);
}

export function missingTensor(name: string, where: string): MissingTensorError {
  return new MissingTensorError(`${where} lacks the tensor "${name}".`, {
    subject: name,
    cure: "The configuration calls for it: check that both belong together.",
  });
}

/** @throws ShapeMismatchError */
export function requireShape(name: string, found: readonly number[], wanted: readonly number[], where: string): void {
  if (found.length === wanted.length && found.every((size, axis) => size === wanted[axis])) return;
  throw new ShapeMismatchError(`${where}: tensor "${name}" is [${found}], its configuration says [${wanted}].`, {
    subject: name,
    cure: "Check that the tensors and the configuration belong together.",
  });
}
