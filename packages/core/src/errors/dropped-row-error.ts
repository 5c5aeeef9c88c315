import { AnabranchError } from "./anabranch-error.js";

/** A row that pruning dropped, or that belongs to an earlier pass, was named. */
export class DroppedRowError extends AnabranchError {
  readonly code = "DROPPED_ROW";
}
