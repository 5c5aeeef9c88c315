import { attentionScale } from "../../graph/index.js";
import type { Kernel } from "../kernel.js";
import { attendTensors, type KeyPlace, type KeyTensors, keysAt } from "../operations/attend-keys.js";
import { type FloatTensor, lengthOf, type ReferenceTensor, row, zeros } from "../tensor.js";
import { addScaled, dot } from "../vector.js";

/**
 * With scores s = scale q·k + bias, weights p = softmax(s) and out = Σ p v:
 * dv = p dOut, dp = dOut·v, ds = p (dp - Σ p dp), dq = scale Σ ds k, dk = scale ds q.
 */
export const attendGrad: Kernel<"attendGrad"> = (inputs, attributes) => {
  const { heads, kvHeads, headSize, members } = attributes;
  const scale = attentionScale(attributes);
  const { query, sources, own, rest } = attendTensors(inputs, attributes);
  const [probabilities, dOut] = rest as [ReferenceTensor, ReferenceTensor];
  const keys = { sources: sources.map(({ layout, keys }) => ({ layout, tensor: keys })), own: own?.keys };
  const values = { sources: sources.map(({ layout, values }) => ({ layout, tensor: values })), own: own?.values };
  const [dQuery, dKeys, dValues] = [zeros(query.shape), zerosLike(keys), zerosLike(values)];
  const positions = lengthOf(query, 1) / members;
  for (let batch = 0; batch < lengthOf(query, 0); batch++) {
    for (let head = 0; head < heads; head++) {
      const kvHead = Math.floor(head / (heads / kvHeads));
      for (let position = 0; position < positions; position++) {
        const place: KeyPlace = { batch, position, positions, kvHead };
        const [keysHere, valuesHere] = [keysAt(keys, attributes, place), keysAt(values, attributes, place)];
        const [dKeysHere, dValuesHere] = [keysAt(dKeys, attributes, place), keysAt(dValues, attributes, place)];
        for (let member = 0; member < members; member++) {
          const at = (batch * positions + position) * members + member;
          const ofHead = <Data extends Float64Array | Int32Array>(vector: Data): Data =>
            vector.subarray(head * headSize, (head + 1) * headSize) as Data;
          const [q, dq, dMixed] = [ofHead(row(query, at)), ofHead(row(dQuery, at)), ofHead(row(dOut, at))];
          const p = row(probabilities, ((batch * heads + head) * positions + position) * members + member);
          const dp = Float64Array.from(valuesHere, (value) => dot(dMixed, value));
          const mean = dot(p, dp);
          for (let slot = 0; slot < p.length; slot++) {
            const weight = p[slot] as number;
            const ds = weight * ((dp[slot] as number) - mean) * scale;
            addScaled(dValuesHere[slot] as Float64Array, weight, dMixed);
            addScaled(dq, ds, keysHere[slot] as Float64Array);
            addScaled(dKeysHere[slot] as Float64Array, ds, q);
          }
        }
      }
    }
  }
  const ofSources = sources.flatMap((_, index) => [dKeys.sources[index]?.tensor, dValues.sources[index]?.tensor]);
  const ofOwn = own === undefined ? [] : [dKeys.own, dValues.own];
  return [dQuery, ...([...ofSources, ...ofOwn] as FloatTensor[])];
};

function zerosLike({ sources, own }: KeyTensors<Float64Array | Int32Array>): KeyTensors<Float64Array> {
  return {
    sources: sources.map(({ layout, tensor }) => ({ layout, tensor: zeros(tensor.shape) })),
    own: own === undefined ? undefined : zeros(own.shape),
  };
}
