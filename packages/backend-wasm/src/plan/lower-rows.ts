import {
  COPY_ROWS,
  GATHER_F32,
  GATHER_INT4,
  GATHER_INT8,
  GATHER_INT8_HALF,
  GATHER_ROWS,
  INSERT_STREAMS,
} from "../../assembly/step-codes.js";
import type { TiledMatrix } from "../weights/stored-weight.js";
import { byRow, type Lower, wholly } from "./lowering.js";

const GATHER = { f32: GATHER_F32, "int8-block": GATHER_INT8, "int4-block": GATHER_INT4 } as const;

export const lowerEmbed: Lower<"embed"> = ({ inputs: [table, tokens], outputs: [out] }, at) => {
  const indices = at.value(tokens);
  const to = at.output(out);
  const weight = at.weight(table, "tiles") as TiledMatrix | undefined;
  const reads = [{ ...wholly(indices), stride: 4 }];
  const writes = [byRow(to)];
  if (weight === undefined) {
    const args = [at.value(table).address, to.features, indices.address, to.address];
    at.emit({ code: GATHER_ROWS, args, units: to.rows, reads: [...reads, wholly(at.value(table))], writes });
    return;
  }
  const { address, format, features, blockSize, halfScales } = weight;
  const blocks = format === "f32" ? [] : [blockSize];
  const args = [address, features, ...blocks, indices.address, to.address];
  at.emit({ code: halfScales ? GATHER_INT8_HALF : GATHER[format], args, units: to.rows, reads, writes });
};

export const lowerSelect: Lower<"select"> = ({ inputs: [x, rows], outputs: [out] }, at) => {
  const [from, indices, to] = [at.value(x), at.value(rows), at.output(out)];
  const args = [from.address, from.features, indices.address, to.address];
  at.emit({
    code: GATHER_ROWS,
    args,
    units: to.rows,
    reads: [wholly(from), wholly(indices)],
    writes: [byRow(to)],
  });
};

/** Members lie beside each other: those picked of a position are one stretch. */
export const lowerPick: Lower<"pick"> = (
  { inputs: [x], attributes: { members, from, to: end }, outputs: [out] },
  at,
) => {
  const [source, to] = [at.value(x), at.output(out)];
  const { features } = source;
  const [stride, length] = [members * features, (end - from) * features];
  at.emit({
    code: COPY_ROWS,
    args: [source.address + 4 * from * features, stride, length, to.address, length],
    units: source.rows / members,
    reads: [{ ...wholly(source), stride: 4 * stride }],
    writes: [{ ...wholly(to), stride: 4 * length }],
  });
};

export const lowerInsertStreams: Lower<"insertStreams"> = (node, at) => {
  const {
    inputs: [x, start, embedding],
    attributes: { keepMain },
    outputs: [out],
  } = node;
  const [main, beside, to] = [at.value(x), at.value(start), at.output(out)];
  const [gamma, features] = at.shape(embedding) as readonly [number, number];
  const weight = at.weight(embedding, "plain");
  const address = weight?.address ?? at.value(embedding).address;
  at.emit({
    code: INSERT_STREAMS,
    args: [main.address, beside.address, address, gamma, features, keepMain ? 1 : 0, to.address],
    units: main.rows,
    reads: [byRow(main), byRow(beside)],
    writes: [{ ...wholly(to), stride: (4 * to.rows * features) / main.rows }],
  });
};
