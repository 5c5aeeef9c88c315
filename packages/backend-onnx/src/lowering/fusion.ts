/**
 * What the lowering makes one node of. Each can be left out, so that its gain can be measured (`pnpm bench fusions`).
 *
 * - products: linear maps of the same rows (q, k, v; gate, up) are one product.
 * - sums: a residual sum and the norm that reads it are one SkipSimplifiedLayerNormalization.
 * - outputs: outputs of one shape leave the session as one tensor.
 */
export const FUSIONS = ["products", "sums", "outputs"] as const;

export type Fusion = (typeof FUSIONS)[number];
