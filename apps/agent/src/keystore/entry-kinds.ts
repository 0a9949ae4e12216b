import { isTightening } from "@holdfast/protocol";

/** Entries after which a backup is wanted at once: people order one, the places or those who hold its shares are others. */
export const ORDERING: ReadonlySet<string> = new Set(["backup.create", "backup.policy", "escrow.enrol"]);

/** Entries after which a key, a client or an administrator must not come back from an older copy of the store. */
export const ENDING: ReadonlySet<string> = new Set(["key.destroy", "key.compromise", "client.revoke", "roster"]);

/** Entries that bring key material. */
export const MAKING: ReadonlySet<string> = new Set(["key.create", "key.register", "import.commit", "key.rotate"]);

/** Entries about a key, a client or the domain that change no stored row. */
const NO_ROW = new Set([
  "use",
  "release",
  "roster",
  "roster.scheduled",
  "roster.signed",
  "roster.cancelled",
  "roster.refused",
  "loss",
  "clock",
  "clock.accept",
  "backup",
  "drill",
  "restore",
  "backup.failed",
  "report",
  "attest",
  "agent.start",
  "agent.unseal",
  "agent.seal",
  "agent.link",
  "import.begin",
  "agent.rekey",
  "root.send",
  "kek.create",
  "kek.retire",
]);

/** Whether an entry of a kind stands for a change of the row of what it names. */
export function namesRow(kind: string): boolean {
  return !NO_ROW.has(kind);
}

const loosening = new Map<string, boolean>();

/** Whether an entry of a kind gives more than there was: reported, and never allowed to look older than it is. */
export function isLoosening(kind: string): boolean {
  const known = loosening.get(kind);
  if (known !== undefined) return known;
  // Attributes decide nothing, and a renewal changes no right: neither may stand in the way of a tightening act.
  const neutral = kind === "key.attributes" || kind === "client.renew";
  const found =
    !neutral &&
    /^(key|client|domain|crypto)[.]|^schedule[.]set$/.test(kind) &&
    !isTightening(kind as Parameters<typeof isTightening>[0]);
  loosening.set(kind, found);
  return found;
}
