/**
 * Compiles assembly/ into src/generated/kernel-bytes.ts, and into narrow-kernel-bytes.ts, which stands in its place in programs for
 * browsers, unless they are newer than all that they are made of. Run after an install, before the build, the type check and
 * the tests, which import it as vitest's global setup.
 *
 * AssemblyScript builds each kind twice, for plain and for shared memory, only to make sure of what `compileKernels` in
 * src/load-kernels relies on: that the two differ in one bit of the memory's import. One of them is kept.
 */
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipAsync } from "@gfx/zopfli";

const folder = fileURLToPath(new URL("..", import.meta.url));
const assembly = join(folder, "assembly");
const generated = join(folder, "src", "generated");

/** What is made, and whether an engine may make vectors of 256 bits of it: see assembly/wide.ts. */
const TARGETS = { "kernel-bytes.ts": true, "narrow-kernel-bytes.ts": false };

/** Bytes of a kind that stand together: see {@link woven}. */
const PIECE = 31232;

/** The flags of a memory's limits: bit 0, it has a maximum; bit 1, it is shared. */
const PLAIN = 0b01;
const SHARED = 0b11;

/** @param {string} path */
const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** The build's own parts: a change of any makes a new build. */
function sources() {
  const files = readdirSync(assembly).map((name) => join(assembly, name));
  return [...files, fileURLToPath(import.meta.url), join(folder, "package.json")];
}

/**
 * A kind of kernels: what they use beside SIMD and threads, and whether the dot product of relaxed SIMD is among it.
 *
 * @typedef {{ readonly features: readonly string[], readonly exactDot: boolean }} Kind
 */

/**
 * All kinds, in the order that packs best.
 *
 * @type {Record<string, Kind>}
 */
const KINDS = {
  relaxed: { features: ["relaxed-simd"], exactDot: true },
  plain: { features: [], exactDot: false },
  fused: { features: ["relaxed-simd"], exactDot: false },
};

/**
 * @param {Kind} kind
 * @param {{ readonly mayBeWide: boolean, readonly shared: boolean }} engine
 * @returns {Promise<Uint8Array>}
 */
async function compile({ features, exactDot }, { mayBeWide, shared }) {
  const { default: asc } = await import("assemblyscript/asc");
  /** @type {Uint8Array | undefined} */
  let bytes;
  // Passes again until nothing more is gained: a sixteenth smaller, and loops that V8 packs where it did not.
  const options = [
    "-O3",
    "--converge",
    "--noAssert",
    "--runtime",
    "stub",
    "--importMemory",
    "--maximumMemory",
    "65536",
  ];
  const enabled = ["simd", "threads", ...features].flatMap((feature) => ["--enable", feature]);
  const { error, stderr } = await asc.main(
    [
      "index.ts",
      "--baseDir",
      assembly,
      "--outFile",
      "kernels.wasm",
      ...options,
      ...enabled,
      "--use",
      `EXACT_DOT=${Number(exactDot)}`,
      "--use",
      `MAY_BE_WIDE=${Number(mayBeWide)}`,
      ...(shared ? ["--sharedMemory"] : []),
    ],
    {
      writeFile: (_name, contents) => {
        if (typeof contents !== "string") bytes = contents;
      },
    },
  );
  if (error !== null || bytes === undefined) throw new Error(`AssemblyScript: ${stderr.toString()}`, { cause: error });
  return bytes;
}

/**
 * @param {Kind} kind
 * @param {boolean} mayBeWide
 */
async function compileKind(kind, mayBeWide) {
  const plain = await compile(kind, { mayBeWide, shared: false });
  const shared = await compile(kind, { mayBeWide, shared: true });
  const differing = [...plain.keys()].filter((index) => plain[index] !== shared[index]);
  const [at = -1] = differing;
  if (plain.length !== shared.length || differing.length !== 1 || plain[at] !== PLAIN || shared[at] !== SHARED) {
    throw new Error(`Builds for plain and shared memory differ in more than the import, at ${differing.slice(0, 9)}.`);
  }
  return { flagsAt: at, bytes: plain };
}

/**
 * Arrays whose pieces take turns. The kinds are nearly the same, and so gzip, which looks 32 KiB back, makes of both little more
 * than of one.
 *
 * @param {readonly Uint8Array[]} arrays
 */
function woven(arrays) {
  const longest = Math.max(...arrays.map(({ length }) => length));
  const starts = Array.from({ length: Math.ceil(longest / PIECE) }, (_, index) => index * PIECE);
  return Buffer.concat(starts.flatMap((start) => arrays.map((bytes) => bytes.subarray(start, start + PIECE))));
}

/**
 * @param {string} target
 * @param {boolean} mayBeWide
 */
async function make(target, mayBeWide) {
  const kinds = new Map();
  for (const [name, kind] of Object.entries(KINDS)) kinds.set(name, await compileKind(kind, mayBeWide));
  const entries = [...kinds].map(([name, { flagsAt, bytes }]) => {
    return `  ${name}: { bytes: ${bytes.length}, memoryFlagsAt: ${flagsAt} },\n`;
  });
  // What gzip can do at best: a twentieth less than zlib does.
  const gzipped = await gzipAsync(woven([...kinds.values()].map(({ bytes }) => bytes)), { numiterations: 15 });
  mkdirSync(generated, { recursive: true });
  const temporary = `${target}.${process.pid}`;
  writeFileSync(
    temporary,
    `/** Made by scripts/build-kernels.mjs. */\nexport const PIECE = ${PIECE};\nexport const gzipped =\n  "${Buffer.from(gzipped).toString("base64")}";\nexport const kinds = {\n${entries.join("")}};\n`,
  );
  renameSync(temporary, target);
}

/** Compiles what is out of date. */
export default async function buildKernels() {
  const newest = Math.max(...sources().map(modified));
  for (const [name, mayBeWide] of Object.entries(TARGETS)) {
    const target = join(generated, name);
    if (modified(target) <= newest) await make(target, mayBeWide);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await buildKernels();
