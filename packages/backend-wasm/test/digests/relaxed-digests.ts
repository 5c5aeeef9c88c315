/** Run by a Node with relaxed SIMD: prints the digests of its builds, with vectors of 128 bits and of 256. */
import { compileWide } from "../../src/compile-wide.js";
import { probeFeatures } from "../../src/index.js";
import { kernelDigests } from "./kernel-digests.js";

const relaxed = await kernelDigests({ shared: false, relaxed: true });
const relaxedShared = await kernelDigests({ shared: true, relaxed: true });
const wide = await kernelDigests({ shared: false, relaxed: true, wide: true });
const wideShared = await kernelDigests({ shared: true, relaxed: true, wide: true });
const empty = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
const has = { relaxed: probeFeatures().relaxed, wide: compileWide(empty) !== undefined };
console.log(JSON.stringify({ relaxed, relaxedShared, wide, wideShared, has }));
