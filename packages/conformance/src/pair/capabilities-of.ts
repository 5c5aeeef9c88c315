import type { Backend, Capabilities } from "@anabranch/core";
import { plainModel } from "../random/model-plan.js";
import { randomWeights } from "../random/model-weights.js";

const known = new WeakMap<Backend, Promise<Capabilities>>();

/** What a backend declares, learned from a small float32 model: capabilities are a loaded model's. */
export function capabilitiesOf(backend: Backend): Promise<Capabilities> {
  const found = known.get(backend) ?? probe(backend);
  known.set(backend, found);
  return found;
}

async function probe(backend: Backend): Promise<Capabilities> {
  const model = await backend.load(randomWeights(plainModel));
  const { capabilities } = model;
  await model.dispose();
  return capabilities;
}
