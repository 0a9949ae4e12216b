import { existsSync, readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { CustodyError } from "./errors.ts";

/**
 * Refuses a path inside the data folder, also through links, dots or folders yet to be made: a copy of the data
 * folder must never carry what opens it.
 *
 * @param what - The refusal's sentence, where it is not about the key-encryption key.
 * @throws {@link CustodyError} `E_KEK_PATH`
 */
export function refuseInside(path: string, dataDirectory: string, what?: string): void {
  if (isInside(path, dataDirectory)) throw new CustodyError("E_KEK_PATH", what, { path, data: dataDirectory });
}

/** The same for the folder that custodians' shares are written to. @throws {@link CustodyError} `E_KEK_PATH` */
export function refuseSharesInside(folder: string, dataDirectory: string): void {
  refuseInside(folder, dataDirectory, "Custodians' shares must lie outside the data folder.");
}

/** Files that open key servers, by the names that this program gives them. */
const OPENERS = /^share-\d+\.txt$|\.kek$|\.recovery$/;

/**
 * Refuses a folder for a new agent's data that holds what opens one.
 *
 * @throws {@link CustodyError} `E_KEK_PATH`
 */
export function refuseOpenersIn(dataDirectory: string): void {
  const found = readdirSync(dataDirectory).find((name) => OPENERS.test(name));
  if (found === undefined) return;
  const path = join(dataDirectory, found);
  throw new CustodyError("E_KEK_PATH", `${path} may open a key server, and does not belong in a data folder.`, {
    path,
  });
}

/** Whether a path is a folder or lies in it, as the file system sees both. */
export function isInside(path: string, folder: string): boolean {
  const [file, data] = [resolved(path), resolved(folder)];
  return file === data || file.startsWith(data.endsWith(sep) ? data : data + sep);
}

/** The real path of what exists of `path`, with the rest appended. */
function resolved(path: string): string {
  const absolute = resolve(path);
  if (existsSync(absolute)) return realpathSync(absolute);
  const folder = dirname(absolute);
  return folder === absolute ? absolute : join(resolved(folder), basename(absolute));
}
