/** The small models that come with the package: folders for `load`. */
export { type EmbeddedModel, lossless, shared3 } from "@anabranch/model-e2e";
