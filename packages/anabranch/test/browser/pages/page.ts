/** What tests call in a page. */
import * as entry from "../../../src/browser/index.js";

declare global {
  var anabranch: typeof entry;
}

globalThis.anabranch = entry;
