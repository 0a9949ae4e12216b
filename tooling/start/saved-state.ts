import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PortName } from "./options.ts";

/** What one start tells the next, in `<data>/start.json` (0600). */
export interface SavedState {
  /** Ports of the last start. */
  ports: Partial<Record<PortName, number>>;
  /** True once an environment was founded at the key server's page: its address is then part of the trust. */
  founded: boolean;
  /** True once the console has told the passphrase of the key server's recovery file. */
  recoveryTold?: boolean;
  /** Passwords of the database's roles. */
  passwords: { owner: string; app: string; identity: string };
}

export function readState(data: string): SavedState {
  const file = join(data, "start.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as SavedState;
  const password = () => randomBytes(24).toString("base64url");
  const state = {
    ports: {},
    founded: false,
    passwords: { owner: password(), app: password(), identity: password() },
  };
  writeState(data, state);
  return state;
}

export function writeState(data: string, state: SavedState): void {
  const file = join(data, "start.json");
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
