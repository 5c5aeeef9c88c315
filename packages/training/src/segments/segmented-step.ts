import type { CompiledGraph, GraphRuntime, ModelSpec, StreamSpec, Tensor, WeightTensor } from "@anabranch/core";
import { gradientName } from "../differentiate/index.js";
import { knownInputs } from "../graphs/index.js";
import type { GradientSum } from "../train/gradient-sum.js";
import type { LossSum } from "../train/step-loss.js";
import { KeptKeys } from "./kept-keys.js";
import { type LayerKeys, type SegmentGraphs, seedName, segmentGraphs } from "./segment-graphs.js";
import { pastSlots, segmentInputs } from "./segment-inputs.js";
import type { Segment, SegmentedBatch } from "./segments.js";

type Inputs = Readonly<Record<string, Tensor>>;

/** One layer's keys and values of a batch, and their gradients. */
interface KeptLayer {
  readonly names: LayerKeys;
  readonly keys: KeptKeys;
  readonly values: KeptKeys;
  readonly dKeys: KeptKeys;
  readonly dValues: KeptKeys;
}

/**
 * Segment attention (appendix C), with exact gradients: streams are in memory for one segment of the completions at a
 * time. Going forwards, each segment leaves only its main rows' keys and values; going backwards, each is computed again
 * and sends the gradients of its past's keys and values to the segments before it. It costs one more forward pass.
 */
export class SegmentedStep {
  readonly #graphs: SegmentGraphs;
  #forward: CompiledGraph | undefined;
  #backward: CompiledGraph | undefined;

  constructor(
    readonly runtime: GraphRuntime,
    readonly spec: ModelSpec,
    readonly streams: StreamSpec,
    readonly constants: ReadonlyMap<string, WeightTensor>,
    parameters: readonly string[],
    draftTokens: number | undefined,
  ) {
    this.#graphs = segmentGraphs({ spec, streams, draftTokens, past: "rows" }, parameters);
  }

  /** Adds the batch's gradients and losses to those of the step. */
  async run(batch: SegmentedBatch, weights: Inputs, gradients: GradientSum, losses: LossSum): Promise<void> {
    const layers = this.#keep(batch);
    const inputs = batch.segments.map((segment) => segmentInputs(batch, segment, this.streams));
    for (const [index, segment] of batch.segments.slice(0, -1).entries()) {
      await this.#goForward(batch, segment, layers, { ...weights, ...(inputs[index] as Inputs) });
    }
    for (let index = batch.segments.length - 1; index >= 0; index--) {
      const segment = batch.segments[index] as Segment;
      const given = { ...weights, ...(inputs[index] as Inputs) };
      losses.add(segment.losses, await this.#goBackward(batch, segment, layers, given, gradients));
    }
  }

  async dispose(): Promise<void> {
    await this.#forward?.dispose();
    await this.#backward?.dispose();
  }

  #keep({ forests, rest, segments }: SegmentedBatch): KeptLayer[] {
    const slots = rest + (segments.at(-1)?.to ?? 0);
    const width = this.spec.kvHeads * this.spec.headSize;
    const kept = (): KeptKeys => new KeptKeys(forests.length, slots, width);
    return this.#graphs.layers.map((names) => ({
      names,
      keys: kept(),
      values: kept(),
      dKeys: kept(),
      dValues: kept(),
    }));
  }

  async #goForward(
    batch: SegmentedBatch,
    segment: Segment,
    layers: readonly KeptLayer[],
    given: Inputs,
  ): Promise<void> {
    const { graph, outputs } = this.#graphs.forward;
    this.#forward ??= await this.#compile(graph, outputs);
    const inputs = { ...given, ...pastInputs(batch, segment, layers) };
    const found = await this.#forward.run(knownInputs(graph, inputs));
    for (const { names, keys, values } of layers) {
      const starts = setStarts(batch, segment, names);
      names.sets.forEach((_, set) => {
        const from = starts[set];
        if (from === undefined) return;
        keys.write(from, found[names.newKeys[set] as string] as Tensor);
        values.write(from, found[names.newValues[set] as string] as Tensor);
      });
    }
  }

  async #goBackward(
    batch: SegmentedBatch,
    segment: Segment,
    layers: readonly KeptLayer[],
    given: Inputs,
    gradients: GradientSum,
  ): Promise<Readonly<Record<string, Tensor>>> {
    const { graph, outputs } = this.#graphs.backward;
    this.#backward ??= await this.#compile(graph, outputs);
    const inputs = { ...given, ...pastInputs(batch, segment, layers), ...keySeeds(batch, segment, layers) };
    for (const targets of segment.losses) Object.assign(inputs, targets.inputs());
    const found = await this.#backward.run(knownInputs(graph, inputs), gradients.target());
    gradients.add();
    if (segment.from > 0) {
      for (const { names, dKeys, dValues } of layers) {
        dKeys.add(0, found[gradientName(names.pastKeys)] as Tensor);
        dValues.add(0, found[gradientName(names.pastValues)] as Tensor);
      }
    }
    return found;
  }

  #compile(graph: SegmentGraphs["forward"]["graph"], outputs: readonly string[]): Promise<CompiledGraph> {
    const constants = new Map([...this.constants].filter(([name]) => graph.parameters.includes(name)));
    return this.runtime.compile(graph, { constants, outputs });
  }
}

/** Keys and values of the segments before; in the first segment zeros that nobody sees. */
function pastInputs(batch: SegmentedBatch, segment: Segment, layers: readonly KeptLayer[]): Record<string, Tensor> {
  const slots = pastSlots(batch, segment);
  return Object.fromEntries(
    layers.flatMap(({ names, keys, values }) => [
      [names.pastKeys, keys.read(0, slots)],
      [names.pastValues, values.read(0, slots)],
    ]),
  );
}

/** What later segments have said about this one's keys and values. */
function keySeeds(batch: SegmentedBatch, segment: Segment, layers: readonly KeptLayer[]): Record<string, Tensor> {
  const seeds: Record<string, Tensor> = {};
  for (const { names, dKeys, dValues } of layers) {
    const starts = setStarts(batch, segment, names);
    names.sets.forEach((set, index) => {
      const from = starts[index];
      const rows = setRows(batch, segment, set);
      const read = (kept: KeptKeys): Tensor =>
        from === undefined ? new KeptKeys(kept.batch, rows, kept.width).read(0, rows) : kept.read(from, from + rows);
      seeds[seedName(names.newKeys[index] as string)] = read(dKeys);
      seeds[seedName(names.newValues[index] as string)] = read(dValues);
    });
  }
  return seeds;
}

/** The slot where each of a layer's sets begins; undefined for the row that stands in for absent prompts. */
function setStarts({ rest }: SegmentedBatch, { from }: Segment, { sets }: LayerKeys): (number | undefined)[] {
  return sets.map((set) => {
    if (set === "rest") return from === 0 ? 0 : undefined;
    return set === "main" && from === 0 ? 0 : rest + from;
  });
}

function setRows({ rest }: SegmentedBatch, { from, to }: Segment, set: string): number {
  if (set === "rest") return from === 0 ? rest : 1;
  return set === "main" && from === 0 ? rest + to : to - from;
}
