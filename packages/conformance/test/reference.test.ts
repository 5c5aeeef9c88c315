import { createReferenceBackend } from "@anabranch/core";
import { describe, it } from "vitest";
import { testBackend } from "../src/index.js";

await testBackend("reference", async () => createReferenceBackend(), { describe, it });
