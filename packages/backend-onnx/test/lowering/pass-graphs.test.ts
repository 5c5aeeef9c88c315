import {
  buildHeadGraph,
  buildPassGraph,
  buildStreamsGraph,
  type Graph,
  type KeyLayout,
  type StreamRows,
  type StreamSpec,
  type Tensor,
} from "@anabranch/core";
import { describe, test } from "vitest";
import { expectAsReference } from "./compare.js";
import { passInputs } from "./pass-inputs.js";
import { randomWeights, smallSpec, smallStreams } from "./small-model.js";

const lossless: StreamSpec = { ...smallStreams, mode: "lossless" };

function sizes(batch: number) {
  const symbols = {
    ...{ batch, rows: 5, slots: 7, rest: 3, group: 2, streams: 2, n: 4 },
    ...{ "read.main": 2, "read.rest": 2, "read.group": 3, "read.streams": 4 },
  };
  return { symbols, vocabulary: smallSpec.vocabularySize, maxPositions: smallSpec.maxPositions };
}

async function compare(graph: Graph, batch: number, streams?: StreamSpec): Promise<void> {
  const weights = randomWeights(smallSpec, streams, 3);
  const inputs = passInputs(graph, sizes(batch), 5);
  await expectAsReference(graph, inputs, { constants: weights });
  const parameters: Record<string, Tensor> = {};
  for (const name of graph.parameters) {
    const { shape, data } = weights.get(name) as { shape: readonly number[]; data: Float32Array };
    parameters[name] = { shape, data };
  }
  await expectAsReference(graph, { ...inputs, ...parameters });
}

const pasts: readonly (KeyLayout | undefined)[] = [undefined, "rows", "heads"];
const setsOf = { none: ["main"], some: ["rest", "group", "streams"], all: ["group", "streams"] } as const;

describe("whole passes, with constant and with given weights, held against the reference interpreter", () => {
  for (const past of pasts) {
    const batch = past === "heads" ? 1 : 2;
    const where = past === undefined ? "no past" : `the past by ${past}`;

    test(`a plain model, ${where}`, async () => {
      const graph = buildPassGraph({
        spec: smallSpec,
        streamRows: "none",
        ...(past && { past }),
        logits: { main: "rows" },
      });
      await compare(graph, batch);
    });

    for (const streamRows of ["none", "some", "all"] as const satisfies readonly StreamRows[]) {
      test(`shared streams on ${streamRows} of the rows, ${where}`, async () => {
        const logits = Object.fromEntries(setsOf[streamRows].map((set) => [set, "rows" as const]));
        const graph = buildPassGraph({
          spec: smallSpec,
          streams: smallStreams,
          streamRows,
          ...(past && { past }),
          logits,
        });
        await compare(graph, batch, smallStreams);
      });

      test(`lossless streams on ${streamRows} of the rows, ${where}`, async () => {
        const logits =
          streamRows === "none" ? { main: "all" as const } : { main: "all" as const, streams: "all" as const };
        const graph = buildPassGraph({ spec: smallSpec, streams: lossless, streamRows, ...(past && { past }), logits });
        await compare(graph, batch, lossless);
      });
    }
  }

  test("deferred streams", async () => {
    for (const past of ["rows", "heads"] as const) {
      const graph = buildStreamsGraph({ spec: smallSpec, streams: lossless, past, logits: true });
      await compare(graph, past === "heads" ? 1 : 2, lossless);
    }
  });

  test("the head alone", () => compare(buildHeadGraph(smallSpec), 2));
});
