/** Run as a process of its own: fetches the repository in argv and prints where it lies. */
import { fetchFromHub } from "../../src/node.js";

const [repo = "", endpoint = ""] = process.argv.slice(2);
process.stdout.write(await fetchFromHub({ repo }, { endpoint, retry: { pauseMs: 1 } }));
