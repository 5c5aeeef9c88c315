import { type AttendAttributes, attentionScale } from "../../graph/index.js";
import type { Kernel } from "../kernel.js";
import { lengthOf, row, zeros } from "../tensor.js";
import { addScaled, dot, softmax } from "../vector.js";
import { type AttendTensors, attendTensors, type KeyPlace, keysAt, ownKeysSeen } from "./attend-keys.js";

/** q: [batch, positions * members, heads * headSize]; the rest as the operation's description has it. */
export const attend: Kernel<"attend"> = (inputs, attributes) => {
  const { heads, kvHeads, headSize, members } = attributes;
  const scale = attentionScale(attributes);
  const tensors = attendTensors(inputs, attributes);
  const { query, sources, own } = tensors;
  const batches = lengthOf(query, 0);
  const positions = lengthOf(query, 1) / members;
  const slots = sources.reduce((sum, { keys }) => sum + lengthOf(keys, 1), attributes.ownLength);
  const keys = { sources: sources.map(({ layout, keys }) => ({ layout, tensor: keys })), own: own?.keys };
  const values = { sources: sources.map(({ layout, values }) => ({ layout, tensor: values })), own: own?.values };
  const out = zeros(query.shape);
  const probabilities = zeros([batches, heads, positions, members, slots]);
  for (let batch = 0; batch < batches; batch++) {
    for (let head = 0; head < heads; head++) {
      const kvHead = Math.floor(head / (heads / kvHeads));
      for (let position = 0; position < positions; position++) {
        const place: KeyPlace = { batch, position, positions, kvHead };
        const [keysHere, valuesHere] = [keysAt(keys, attributes, place), keysAt(values, attributes, place)];
        for (let member = 0; member < members; member++) {
          const at = (batch * positions + position) * members + member;
          const ofHead = (vector: Float64Array | Int32Array) => vector.subarray(head * headSize, (head + 1) * headSize);
          const bias = biasOf(tensors, attributes, place, member);
          const q = ofHead(row(query, at));
          const scores = keysHere.map((key, slot) => dot(q, key) * scale + (bias[slot] as number));
          const weights = softmax(Float64Array.from(scores));
          const mixed = ofHead(row(out, at)) as Float64Array;
          valuesHere.forEach((value, slot) => {
            addScaled(mixed, weights[slot] as number, value);
          });
          row(probabilities, ((batch * heads + head) * positions + position) * members + member).set(weights);
        }
      }
    }
  }
  return [out, probabilities];
};

/** What is added to a member's scores: the biases of its position, then 0 or -Infinity for the position's own keys. */
function biasOf(
  { sources }: AttendTensors,
  attributes: AttendAttributes,
  { batch, position, positions }: KeyPlace,
  member: number,
): number[] {
  const seen = ownKeysSeen(attributes, member);
  return [
    ...sources.flatMap(({ bias }) => [...row(bias, batch * positions + position)]),
    ...Array.from({ length: attributes.ownLength }, (_, stream) => (stream < seen ? 0 : Number.NEGATIVE_INFINITY)),
  ];
}
