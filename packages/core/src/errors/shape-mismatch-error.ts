import { AnabranchError } from "./anabranch-error.js";

/** A tensor does not have the shape that its place calls for. */
export class ShapeMismatchError extends AnabranchError {
  readonly code = "SHAPE_MISMATCH";
}
