import { constants } from "node:fs";
import { copyFile, link, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { BackupDestination } from "@holdfast/protocol";
import { isInside } from "../../custody/inside.ts";
import { asPlaceError, type Destination, placeError } from "./destination.ts";

type DirectoryPlace = Extract<BackupDestination, { kind: "directory" }>;

/**
 * A folder that the host sees: another disk, or one of another machine that is mounted there.
 *
 * The folder is never made here: one that is not there is a disk that is not mounted.
 */
export class DirectoryDestination implements Destination {
  readonly #to: DirectoryPlace;
  readonly #dataDirectory: string;

  constructor(to: DirectoryPlace, dataDirectory: string) {
    this.#to = to;
    this.#dataDirectory = dataDirectory;
  }

  put(file: string, name: string, signal: AbortSignal): Promise<void> {
    return this.#try(async () => {
      const partial = this.#path(`${name}.partial`);
      try {
        await copyFile(file, partial, constants.COPYFILE_EXCL);
        signal.throwIfAborted();
        await syncPath(partial, constants.O_RDWR);
        await place(partial, this.#path(name));
        await syncPath(this.#to.path, constants.O_RDONLY);
      } finally {
        await rm(partial, { force: true });
      }
    });
  }

  get(name: string, into: string): Promise<void> {
    return this.#try(() => copyFile(this.#path(name), into, constants.COPYFILE_EXCL));
  }

  look(name: string): Promise<number | null> {
    return this.#try(async () => {
      try {
        return (await stat(this.#path(name))).size;
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw cause;
      }
    });
  }

  list(): Promise<string[]> {
    return this.#try(() => readdir(this.#to.path));
  }

  remove(name: string): Promise<void> {
    return this.#try(() => rm(this.#path(name)));
  }

  #path(name: string): string {
    return join(this.#to.path, name);
  }

  async #try<T>(work: () => Promise<T>): Promise<T> {
    const { path } = this.#to;
    try {
      if (isInside(path, this.#dataDirectory)) throw placeError(this.#to, "inside");
      if (!(await stat(path)).isDirectory()) throw placeError(this.#to, "missing");
      return await work();
    } catch (cause) {
      throw asPlaceError(cause, this.#to);
    }
  }
}

/** Gives the finished file its name: by a link, which never replaces; on file systems without links by a rename. */
async function place(partial: string, path: string): Promise<void> {
  try {
    await link(partial, path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS") throw cause;
    await rename(partial, path);
  }
}

async function syncPath(path: string, flags: number): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
