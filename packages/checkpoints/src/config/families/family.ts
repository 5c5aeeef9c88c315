import type { ModelSpec } from "@anabranch/core";
import type { ConfigFields } from "../config-fields.js";

/** How the config.json of one `model_type` becomes a spec. */
export interface Family {
  /** Classes of transformers whose arithmetic this is. */
  readonly architectures: readonly string[];
  /** Fields that `refuseUnsupportedFields` leaves to `read`. */
  readonly understood: readonly string[];
  /** @throws UnsupportedError, InvalidFileError naming the field */
  readonly read: (fields: ConfigFields) => ModelSpec;
}
