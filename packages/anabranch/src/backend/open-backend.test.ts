import { createReferenceBackend } from "@anabranch/core";
import { describe, expect, it } from "vitest";
import type { BackendChoice } from "./backend-choice.js";
import { openBackend } from "./open-backend.js";

describe("openBackend", () => {
  it.each([
    ["wasm", "quantized"],
    ["onnx", "float32"],
  ] as const)("opens %s, and rounds weights to %s where nothing else is said", async (name, weights) => {
    const opened = await openBackend({ backend: name, threads: 1 });
    expect([opened.backend.name, opened.weights]).toEqual([name, weights]);
    expect((await openBackend({ backend: name, threads: 1, weights: "int4" })).weights).toBe("int4");
  });

  it("takes a backend of one's own as it is", async () => {
    const backend = createReferenceBackend();
    expect(await openBackend({ backend })).toEqual({ backend, weights: "float32" });
  });

  it.each([
    [{ backend: "wasm", rowPrecision: "float32" }, "rowPrecision", "or the backend onnx"],
    [{ backend: "wasm", rowPrecision: "int16" }, "rowPrecision", "int8, mixed, int14"],
    [{ backend: "onnx", rowPrecision: "int14" }, "rowPrecision", "or the backend wasm"],
    [{ backend: createReferenceBackend(), rowPrecision: "mixed" }, "rowPrecision", "Give it to that backend"],
    [{ backend: "toString" }, "backend", "wasm or onnx"],
  ])("refuses %o", async (options, subject, cure) => {
    await expect(openBackend(options as BackendChoice)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      subject,
      cure: expect.stringContaining(cure),
    });
  });
});
