import { InvalidArgumentError, NotFiniteError } from "@anabranch/core";
import { quantile } from "simple-statistics";

type Five = [number, number, number, number, number];

/** Order statistics of repeated measurements; robust where a shared machine makes some of them slow. */
export interface Summary {
  readonly count: number;
  readonly minimum: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly maximum: number;
}

/**
 * Median and quartiles of `values`, in their unit and any order.
 *
 * Quantiles between two values are interpolated linearly (Hyndman and Fan's type 7, NumPy's default too).
 *
 * @throws InvalidArgumentError for an empty list, NotFiniteError for NaN or infinity in it.
 */
export function summarize(values: readonly number[]): Summary {
  if (values.length === 0) throw new InvalidArgumentError("There is nothing to summarize.", { subject: "values" });
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new NotFiniteError(`Value ${wrong} of ${values.length} is ${values[wrong]}.`, {
      subject: `values[${wrong}]`,
    });
  }
  const [minimum, lowerQuartile, median, upperQuartile, maximum] = quantile(
    [...values],
    [0, 0.25, 0.5, 0.75, 1],
  ) as Five;
  return { count: values.length, minimum, lowerQuartile, median, upperQuartile, maximum };
}
