import { type AttendAttributes, attendInputs, attentionScale, HIDDEN_BIAS, UnsupportedError } from "@anabranch/core";
import { ATTEND } from "../../assembly/step-codes.js";
import { attendCallBytes, type KeySource, keySourceWords, writeAttendCall } from "../attend-call.js";
import { type Lower, type Lowering, wholly } from "./lowering.js";
import type { Access } from "./step.js";

/** Queries that share what is read of keys and values. */
const TOGETHER = 2;

export const lowerAttend: Lower<"attend"> = ({ inputs, attributes, outputs: [out, probabilities] }, at) => {
  if (at.isUsed(probabilities)) {
    throw new UnsupportedError("The WebAssembly backend gives no attention probabilities.", { subject: probabilities });
  }
  const { heads, kvHeads, headSize, members } = attributes;
  const { query, sources, own } = attendInputs(inputs, attributes);
  const [q, to] = [at.value(query), at.output(out)];
  const width = kvHeads * headSize;
  const callAt = at.constant(attendCallBytes(sources.length + (own === undefined ? 0 : 1)));
  const reads: Access[] = [wholly(q)];
  const keySources: KeySource[] = sources.map(({ layout, keys, values, bias }, index) => {
    const seen = at.value(bias);
    const slots = seen.features;
    reads.push(wholly(seen));
    const words = keySourceWords(callAt, index);
    const keysAt = addressOf(at, keys, words.keys, reads);
    const valuesAt = addressOf(at, values, words.values, reads);
    const strides =
      layout === "heads"
        ? { slotStride: headSize, headStride: slots * headSize }
        : { slotStride: width, headStride: headSize };
    return {
      ...{ keys: keysAt, values: valuesAt, slots, ...strides, positionStride: 0 },
      ...{ bias: seen.address, biasStride: slots, biasMemberStride: 0 },
    };
  });
  if (own !== undefined) {
    const { ownLength } = attributes;
    const [keys, values] = [at.value(own.keys), at.value(own.values)];
    reads.push(wholly(keys), wholly(values));
    keySources.push({
      ...{ keys: keys.address, values: values.address, slots: ownLength },
      ...{ slotStride: width, headStride: headSize, positionStride: ownLength * width },
      ...{ bias: ownBias(at, attributes), biasStride: 0, biasMemberStride: ownLength },
    });
  }
  writeAttendCall(at.heap.buffer, callAt, {
    ...{ query: q.address, queryStride: q.features, out: to.address, outStride: to.features },
    ...{ rows: q.rows, members, heads, kvHeads, headSize, scale: attentionScale(attributes), sources: keySources },
  });
  at.scratch(at.kernels.attendScratchBytes(callAt));
  const units = { units: q.rows * heads, piece: TOGETHER, inTurn: true };
  at.emit({ code: ATTEND, args: [callAt], ...units, reads, writes: [wholly(to)] });
};

/** Where keys are: in the plan, or wherever the heap has them in a run. */
function addressOf(at: Lowering, name: string, word: number, reads: Access[]): number {
  if (at.follows(name, word)) return 0;
  const value = at.value(name);
  reads.push(wholly(value));
  return value.address;
}

/** Which of a position's own keys each member sees: [members, ownLength], added to scores. */
function ownBias(at: Lowering, { own, members, ownLength }: AttendAttributes): number {
  const address = at.constant(4 * members * ownLength);
  const bias = at.heap.floats(address, members * ownLength).fill(HIDDEN_BIAS);
  for (let member = 0; member < members; member++) {
    // Streams see themselves and those before them; a main row, which is member 0, sees all.
    const seen = own === "streams" ? member + 1 : member === 0 ? ownLength : member;
    bias.fill(0, member * ownLength, member * ownLength + seen);
  }
  return address;
}
