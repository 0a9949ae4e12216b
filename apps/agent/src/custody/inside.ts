import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { CustodyError } from "./errors.ts";

/**
 * Refuses a path inside the data folder, also through links, dots or folders yet to be made: a copy of the data
 * folder must never carry what opens it.
 *
 * @throws {@link CustodyError} `E_KEK_PATH`
 */
export function refuseInside(path: string, dataDirectory: string): void {
  if (isInside(path, dataDirectory)) throw new CustodyError("E_KEK_PATH", undefined, { path, data: dataDirectory });
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
