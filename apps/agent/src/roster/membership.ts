import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type JoinBundle,
  parseRosterChain,
  type RosterChain,
  type RosterLink,
  type Untrusted,
  type Verified,
  verifyRosterChain,
} from "@holdfast/protocol";
import { StoreError } from "../keystore/errors.ts";

/** The file in the data folder of an agent that joined a domain, or is about to. It holds nothing secret. */
export const MEMBERSHIP_FILE = "membership.json";

/** Whose domain an agent joined: pinned once the words were compared. */
export interface Membership {
  readonly ver: 1;
  readonly tid: string;
  /** The newest chain that was verified, genesis first. */
  readonly chain: readonly RosterLink[];
  /** The signed checkpoint that came with the root key, base64url; null until it came. */
  readonly checkpoint: string | null;
}

/** The membership in a data folder; null where there is none. @throws {@link StoreError} `E_STORE` for one that is not readable */
export function findMembership(dataDirectory: string): Membership | null {
  const path = join(dataDirectory, MEMBERSHIP_FILE);
  if (!existsSync(path)) return null;
  try {
    const { ver, tid, chain, checkpoint } = JSON.parse(readFileSync(path, "utf8")) as Membership;
    if (ver === 1 && typeof tid === "string" && (checkpoint === null || typeof checkpoint === "string"))
      return { ver, tid, chain: parseRosterChain(chain), checkpoint };
  } catch {
    // Refused below.
  }
  throw new StoreError("E_STORE", `The file ${path} cannot be read.`);
}

/** Writes it so that it is there whole or as before. */
export function writeMembership(dataDirectory: string, membership: Membership): void {
  const path = join(dataDirectory, MEMBERSHIP_FILE);
  const file = openSync(`${path}.new`, "w", 0o600);
  try {
    writeFileSync(file, `${JSON.stringify(membership)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}

/** The pinned chain, verified again. @throws {@link ProtocolError} as {@link verifyRosterChain} */
export function pinnedChain({ chain }: Pick<JoinBundle, "chain">): Promise<Verified<RosterChain>> {
  return verifyRosterChain(chain as Untrusted<readonly RosterLink[]>);
}
