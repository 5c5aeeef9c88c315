import { createReferenceBackend } from "@anabranch/core";
import { expect, it } from "vitest";
import { conformanceCases, testBackend } from "../src/index.js";
import { wrongBackend } from "./wrong-backend.js";

it("registers every case in the same turn with a runner of another make", async () => {
  const registered: string[] = [];
  const runner = {
    describe: (_: string, body: () => void): void => body(),
    it: (name: string): void => {
      registered.push(name);
    },
  };
  const registering = testBackend("reference", async () => createReferenceBackend(), runner);
  expect(registered).toEqual(conformanceCases().map(({ name }) => name));
  expect(new Set(registered).size).toBe(registered.length);
  await registering;
});

it("gives a reason where a case says nothing about a backend", async () => {
  const plain = wrongBackend({
    capabilities: (capabilities) => ({ ...capabilities, streamModes: [], weightFormats: ["f32"] }),
  });
  const reasons = [];
  for (const { name, run } of conformanceCases({ runs: 1 })) {
    if (name.includes("streams") || name.includes("int8")) reasons.push(await run(plain));
  }
  expect(reasons.filter((reason) => reason?.includes("streamModes"))).not.toHaveLength(0);
  expect(reasons).toContain("int8-block is not among weightFormats");
});
