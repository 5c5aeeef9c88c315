export { convertWeight, type WeightFormat } from "./convert-weight.js";
export { quantizeInt4 } from "./quantize-int4.js";
export { quantizeInt8 } from "./quantize-int8.js";
