import { homedir } from "node:os";
import { join } from "node:path";

/** Where key-encryption keys and recovery files are kept, outside every data folder: `~/.config/holdfast`. */
export function keyDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CONFIG_HOME || join(homedir(), ".config"), "holdfast");
}
