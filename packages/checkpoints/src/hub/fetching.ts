import { join } from "node:path";
import { type RepoCache, sizeOf } from "./cache-layout.js";
import type { Connection } from "./connection.js";
import { downloadBlob } from "./download-blob.js";
import type { HubPlace } from "./hub-place.js";
import { linkBlob } from "./link-blob.js";
import type { ProgressMeter } from "./progress-meter.js";
import type { RemoteFile, RepoListing } from "./repo-listing.js";
import { listedFile, WEIGHTS_INDEX, wantedFiles } from "./wanted-files.js";
import { shardsOf } from "./weight-shards.js";

/** Brings files of one commit into the cache, one after the other. */
export class Fetching {
  constructor(
    private readonly connection: Connection,
    private readonly cache: RepoCache,
    private readonly folder: string,
    private readonly meter: ProgressMeter,
  ) {}

  async fetch(listing: RepoListing, place: HubPlace, names: readonly string[] | undefined): Promise<void> {
    const files = wantedFiles(listing, place, names);
    const index = names === undefined ? files.find(({ path }) => path === WEIGHTS_INDEX) : undefined;
    if (index === undefined) return this.#bring(files);
    await this.#bring([index]); // First, for it says what else is needed.
    const shards = await shardsOf(join(this.folder, WEIGHTS_INDEX));
    const others = files.filter((file) => file !== index);
    await this.#bring([...others, ...shards.map((shard) => listedFile(listing, place, shard))]);
  }

  async #bring(files: readonly RemoteFile[]): Promise<void> {
    for (const { size } of files) this.meter.expect(size);
    for (const file of files) {
      const path = join(this.folder, ...file.path.split("/"));
      this.meter.begin(file.path);
      if ((await sizeOf(path)) === file.size) this.meter.found(file.size);
      else await linkBlob(await downloadBlob(this.connection, this.cache, file, this.meter), path);
      this.meter.report();
    }
  }
}
