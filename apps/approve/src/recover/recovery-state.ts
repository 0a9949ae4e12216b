import { decodeBase64url, docHash, parseRoster, type Roster, stayingRecoveryKeys } from "@holdfast/protocol";
import type { AgentPage, Hello } from "../agent-page.ts";

/** A recovery, or a change of the replacement keys, that waits at the key server, as it says it. */
export interface RecoveryNotice {
  hash: string;
  kind: "recover" | "keys";
  status: "pending" | "scheduled";
  doc: string;
  base: string;
  words: string[];
  have: number;
  need: number;
  due: number | null;
  /** Until when signatures are taken before its delay begins. */
  exp: number;
  /** Of a recovery: replacement keys that signed, and that still may, by name. */
  signedBy: string[];
  unsigned: string[];
  mayObject: boolean;
  /** Approved changes that wait their delay and end once it is signed. */
  displaces: number;
}

/** What the key server says of recovery. */
export interface RecoveryState {
  keys: string[];
  m: number;
  delaySec: number;
  now: number;
  waiting: RecoveryNotice[];
  /** Passkeys of this page that are good, by credential id. */
  inForce: string[];
  /** Whose it is, if not of the key server that served the page: with the words of its environment where they are proved. */
  at?: { name: string; words?: string[] };
  /** Key servers behind this name that did not answer. */
  silent?: string[];
}

/** What the recovery's pages work with. */
export interface Recovering {
  readonly page: AgentPage;
  readonly hello: Hello;
  readonly state: RecoveryState;
}

/** What one person loses and gets. */
export interface PasskeyChange {
  readonly adm: string;
  readonly label: string;
  readonly added: readonly string[];
  readonly removed: number;
  readonly leaves: boolean;
}

/** A notice with what it does, read from its own signed bytes. */
export interface ReadNotice {
  readonly notice: RecoveryNotice;
  readonly old: Roster;
  readonly next: Roster;
  readonly people: readonly PasskeyChange[];
}

/** Reads a notice's documents; nothing is believed that is not in them. @throws for bytes that are not what they claim */
export function readNotice(notice: RecoveryNotice): ReadNotice {
  const [bytes, before] = [decodeBase64url(notice.doc), decodeBase64url(notice.base)];
  const [next, old] = [parseRoster(bytes), parseRoster(before)];
  const fits = docHash("roster", bytes) === notice.hash && next.prev === docHash("roster", before);
  if (!fits || (next.recover === true) !== (notice.kind === "recover")) throw new TypeError("another document");
  return { notice, old, next, people: changesOf(old, next) };
}

function changesOf(old: Roster, next: Roster): PasskeyChange[] {
  return old.admins.flatMap(({ adm, label, creds }) => {
    const after = next.admins.find((one) => one.adm === adm);
    const has = (list: Roster["admins"][number]["creds"], credId: string) => list.some((one) => one.credId === credId);
    const added = (after?.creds ?? []).flatMap(({ credId }) => (has(creds, credId) ? [] : [credId]));
    const removed = creds.filter(({ credId }) => !has(after?.creds ?? [], credId)).length;
    const isSame = after !== undefined && added.length + removed === 0;
    return isSame ? [] : [{ adm, label, added, removed, leaves: after === undefined }];
  });
}

/** The present replacement keys that can stop what waits; none of a recovery. @see docs/decisions/0020 */
export function objectingKeys({ notice: { kind }, old, next }: Pick<ReadNotice, "notice" | "old" | "next">): string[] {
  if (kind === "recover") return [];
  return (stayingRecoveryKeys(old, next) ?? old.recovery.keys).map(({ cose }) => cose);
}
