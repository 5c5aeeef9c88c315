/** Run by a Node with relaxed SIMD: prints the digests of its builds. */
import { probeFeatures } from "../../src/index.js";
import { kernelDigests } from "./kernel-digests.js";

const relaxed = await kernelDigests({ shared: false, relaxed: true });
const relaxedShared = await kernelDigests({ shared: true, relaxed: true });
console.log(JSON.stringify({ relaxed, relaxedShared, features: probeFeatures().relaxed }));
