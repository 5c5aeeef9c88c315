import { type NewFile, ROOT, type Shelf } from "./shelf.js";

/** What workers have besides, and no type library of pages. */
interface SyncFile {
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(bytes: number): void;
  close(): void;
}

interface FileHandle extends FileSystemFileHandle {
  createSyncAccessHandle?(): Promise<SyncFile>;
}

/** In the origin's private file system; undefined where that is not, or cannot be written from here. */
export async function opfsShelf(folderName: string): Promise<Shelf | undefined> {
  if (navigator.storage?.getDirectory === undefined || !canWrite()) return undefined;
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(ROOT, { create: true });
  const folder = await root.getDirectoryHandle(folderName, { create: true });
  return {
    async read(name) {
      const handle = await folder.getFileHandle(name).catch(unlessMissing);
      return handle?.getFile();
    },
    async create(name) {
      const handle: FileHandle = await folder.getFileHandle(name, { create: true });
      const file = await (handle.createSyncAccessHandle === undefined ? writeSlowly(handle) : writeAtOnce(handle));
      return {
        ...file,
        async recover(length) {
          await file.close().catch(() => undefined);
          return new Blob([await (await handle.getFile()).slice(0, length).arrayBuffer()]);
        },
      };
    },
    async names() {
      const names: string[] = [];
      for await (const name of folder.keys()) names.push(name);
      return names;
    },
    remove: (name) => folder.removeEntry(name),
  };
}

/** Removes one place's files, or, without its name, everything. */
export async function clearOpfs(folderName: string | undefined): Promise<void> {
  if (navigator.storage?.getDirectory === undefined) return;
  const top = await navigator.storage.getDirectory();
  const parent = folderName === undefined ? top : await top.getDirectoryHandle(ROOT).catch(unlessMissing);
  await parent?.removeEntry(folderName ?? ROOT, { recursive: true }).catch(unlessMissing);
}

function canWrite(): boolean {
  const { prototype } = FileSystemFileHandle;
  return "createSyncAccessHandle" in prototype || "createWritable" in prototype;
}

/** Only workers can. */
async function writeAtOnce(handle: FileHandle): Promise<Omit<NewFile, "recover">> {
  const file = (await handle.createSyncAccessHandle?.()) as SyncFile;
  file.truncate(0); // A longer one of that name may be there.
  let at = 0;
  return {
    async write(bytes) {
      const written = file.write(bytes, { at });
      at += written;
      if (written !== bytes.byteLength) throw new Error("The browser's storage takes no more.");
    },
    close: async () => file.close(),
  };
}

async function writeSlowly(handle: FileHandle): Promise<Omit<NewFile, "recover">> {
  const file = await handle.createWritable();
  return { write: (bytes) => file.write(bytes), close: () => file.close() };
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof DOMException && error.name === "NotFoundError") return undefined;
  throw error;
}
