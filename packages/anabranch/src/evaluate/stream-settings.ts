import type { StreamSpec } from "@anabranch/core";
import { type GridAxes, type GridSetting, gridSettings } from "./grid.js";

/** A setting of streams to measure, with its pruning adapter and its Markov head or without. */
export interface StreamSetting extends GridSetting {
  readonly prune?: false;
  readonly markov?: boolean;
}

/**
 * What `anabranch bench streams` measures: every k, γ and timing that the adapter can have. Fewer streams than it has are a limit
 * on the draft's levels, since in lossless mode streams do not depend on later ones. Each of them with the pruning adapter and
 * without, where there is one, and with the Markov head and without.
 *
 * @throws InvalidArgumentError when no setting is left.
 */
export function streamSettings(
  axes: GridAxes,
  adapter: { readonly streams: Pick<StreamSpec, "mode" | "gamma" | "markov" | "pruning"> },
): StreamSetting[] {
  const { streams } = adapter;
  const heads = streams.markov === undefined ? [{}] : [{ markov: true }, { markov: false }];
  const prunings = streams.pruning === undefined ? [{}] : [{}, { prune: false } as const];
  return gridSettings(axes, { streams, transitions: false }).flatMap((setting) =>
    heads.flatMap((head) => prunings.map((pruning) => ({ ...setting, ...head, ...pruning }))),
  );
}
