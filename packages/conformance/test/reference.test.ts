import { createReferenceBackend } from "@anabranch/core";
import { testBackend } from "../src/index.js";

await testBackend("reference", async () => createReferenceBackend());
