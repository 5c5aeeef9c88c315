export { convertWeight, type WeightFormat } from "./convert-weight.js";
export { quantizeInt4 } from "./quantize-int4.js";
