import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lossless, shared3 } from "@anabranch/model-e2e";
import { withoutChromium } from "./chromium.js";
import type { Served } from "./serve.js";

/** The embedded models, as a server has them. */
export const embedded: Served = {
  "/base": fileURLToPath(lossless.model),
  "/lossless": fileURLToPath(lossless.adapter),
  "/shared": fileURLToPath(shared3.model),
};

/** For a title: why tests of the embedded models in a browser are skipped; empty where all is there. */
export const withoutEmbedded =
  withoutChromium || (existsSync(lossless.model) ? "" : " (skipped: the embedded models are not in this checkout)");

export const prompt = "name[The Mill], eatType[pub], food[French], area[riverside]";
