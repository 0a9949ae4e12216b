import {
  decodeBase64url,
  type Entry,
  type EscrowPlan,
  type IntroductionOf,
  introductionHash,
  parseIntroduction,
  parseLeaf,
} from "@holdfast/protocol";
import { decidedState } from "./decided-state.ts";

/** Who holds shares, as the log's newest decision says. */
export interface NewestPlan {
  /** Null where there are no custodians. */
  readonly plan: EscrowPlan | null;
  readonly entry: number | null;
  readonly fits: boolean;
}

/** Reads it from an entry of kind `escrow.enrol`. */
export function newestPlan(entry: Entry | null): NewestPlan {
  const { state, ...place } = decidedState(entry, "escrow.enrol");
  return { plan: state?.escrow ?? null, ...place };
}

/** A backup as its entry of the log tells. */
export interface BackupEntry {
  readonly n: number;
  readonly at: number;
  /** Names of the destinations that have it, read back; null for a file made by hand. */
  readonly to: readonly string[] | null;
  readonly keys: number | null;
  readonly size: number | null;
  /** Who opens it; null: the recovery file alone. */
  readonly escrow: { readonly hash: string; readonly k: number; readonly seats: readonly string[] } | null;
}

/** Reads entries of kind `backup`; what is none is left out. */
export function readBackups(entries: readonly Pick<Entry, "leaf">[]): readonly BackupEntry[] {
  return entries.flatMap((entry) => {
    const leaf = findLeaf(entry, "backup");
    if (leaf === null) return [];
    const { n, ts, data } = leaf;
    const number = (value: unknown) => (typeof value === "number" ? value : null);
    const to = Array.isArray(data?.["to"]) ? data["to"].filter((name) => typeof name === "string") : null;
    const given = data?.["escrow"] as { hash?: unknown; k?: unknown; seats?: unknown } | undefined;
    const known = typeof given?.hash === "string" && typeof given.k === "number" && Array.isArray(given.seats);
    const escrow = known ? { hash: given.hash as string, k: given.k as number, seats: given.seats as string[] } : null;
    return [{ n, at: ts, to, keys: number(data?.["keys"]), size: number(data?.["size"]), escrow }];
  });
}

/** Whether the present custodians open a backup, as many of them as it takes today. */
export function isForPresent({ escrow }: BackupEntry, plan: EscrowPlan | null): boolean {
  if (plan === null || escrow === null) return plan === null && escrow === null;
  const seats = new Set(plan.custodians.map(({ seat }) => seat));
  return escrow.k === plan.k && escrow.seats.length === seats.size && escrow.seats.every((seat) => seats.has(seat));
}

/** A custodian's proof that a share opens, in one drill. */
export interface Proof {
  readonly n: number;
  readonly at: number;
  /** The command that ordered the drill. */
  readonly cmd: string;
  readonly backup: string;
  readonly seat: string;
}

/** Reads entries of kind `drill`, newest first. */
export function readProofs(entries: readonly Pick<Entry, "leaf">[]): readonly Proof[] {
  return entries.flatMap((entry) => {
    const leaf = findLeaf(entry, "drill");
    const [cmd, backup, seat] = [leaf?.data?.["cmd"], leaf?.data?.["backup"], leaf?.data?.["seat"]];
    if (leaf === null || typeof cmd !== "string" || typeof backup !== "string" || typeof seat !== "string") return [];
    return [{ n: leaf.n, at: leaf.ts, cmd, backup, seat }];
  });
}

/** A drill: when it was ordered, and who has proved a share in it. */
export interface Drill {
  readonly cmd: string;
  readonly n: number;
  readonly at: number;
  readonly proofs: readonly Proof[];
}

/** Drills from entries of kind `escrow.drill` and their proofs, newest first. */
export function readDrills(ordered: readonly Pick<Entry, "leaf">[], proofs: readonly Proof[]): readonly Drill[] {
  return ordered.flatMap((entry) => {
    const leaf = findLeaf(entry, "escrow.drill");
    if (leaf === null || leaf.cause.kind !== "command" || leaf.code !== undefined) return [];
    const cmd = leaf.cause.hash;
    return [{ cmd, n: leaf.n, at: leaf.ts, proofs: proofs.filter((proof) => proof.cmd === cmd) }];
  });
}

/** Somebody who gave a custodian's key to a key server. */
export interface IntroducedCustodian {
  readonly hash: string;
  readonly introduction: IntroductionOf<"custodian">;
}

/** Reads introductions in this browser; what is no custodian's is left out. */
export function readCustodians(
  rows: readonly { readonly doc: string; readonly hash: string }[],
): readonly IntroducedCustodian[] {
  return rows.flatMap(({ doc, hash }) => {
    try {
      const bytes = decodeBase64url(doc);
      const introduction = parseIntroduction(bytes);
      if (introductionHash(bytes) !== hash || introduction.object.kind !== "custodian") return [];
      return [{ hash, introduction: introduction as IntroductionOf<"custodian"> }];
    } catch {
      return [];
    }
  });
}

/** How many of so many custodians should be needed: more than half, so that two groups never both suffice. */
export function usualNeed(count: number): number {
  return Math.floor(count / 2) + 1;
}

function findLeaf({ leaf }: Pick<Entry, "leaf">, kind: string) {
  try {
    const read = parseLeaf(decodeBase64url(leaf));
    return read.kind === kind ? read : null;
  } catch {
    return null;
  }
}
