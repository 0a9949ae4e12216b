import { chmodSync, lstatSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import { AdminError } from "./errors.ts";

/** Longest path of a Unix socket on Linux, in bytes, less its ending zero. */
const LONGEST_PATH = 107;

/**
 * Makes sure that only this user can reach the socket: its folder is ours and 0700, and nothing but a dead socket is in
 * the way.
 *
 * @throws {@link AdminError} `E_SOCKET`
 */
export async function prepareSocketPlace(path: string): Promise<void> {
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new AdminError(
      `${path} is too long for a socket (${LONGEST_PATH} bytes at most).`,
      "Name a shorter one with --admin PATH, in a folder of your own with mode 0700.",
    );
  }
  checkFolder(dirname(path));
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket())
    throw new AdminError(`${path} is there and is no socket.`, "Move it away, or name another path with --admin PATH.");
  if (await answers(path))
    throw new AdminError(`An agent is listening at ${path} already.`, "Use that one, or stop it first.");
  rmSync(path);
}

/** After listening: nobody else may open it. @throws {@link AdminError} `E_SOCKET` */
export function closeToOthers(path: string): void {
  chmodSync(path, 0o600);
  const { mode, uid } = lstatSync(path);
  if ((mode & 0o077) !== 0 || uid !== process.getuid?.())
    throw new AdminError(
      `${path} cannot be closed to others.`,
      "Name a path on a local file system with --admin PATH.",
    );
}

function checkFolder(folder: string): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (!found?.isDirectory())
    throw new AdminError(`${folder} is no folder.`, "Make it with mode 0700, or name another path with --admin PATH.");
  if (found.uid !== process.getuid?.())
    throw new AdminError(`${folder} belongs to another user.`, "Run the agent as the user that owns it.");
  if ((found.mode & 0o077) !== 0) {
    throw new AdminError(
      `${folder} may be entered by others (mode ${(found.mode & 0o777).toString(8)}).`,
      `chmod 700 ${folder}`,
    );
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
