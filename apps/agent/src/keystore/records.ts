import type { Grant } from "@holdfast/protocol";
import type { StoreErrorCode } from "./errors.ts";

/** What a client may do on which keys. */
export type { Grant } from "@holdfast/protocol";

/** States of a key and of each of its versions: SP 800-57 and KMIP names, and `suspended`. */
export type KeyState =
  | "pre-active"
  | "active"
  | "suspended"
  | "deactivated"
  | "compromised"
  | "destroyed"
  | "destroyed-compromised";

/** Why an object serves nothing: its row failed verification at unseal. */
export type LockReason = Extract<StoreErrorCode, "E_STATE_MAC" | "E_STATE_ROLLBACK">;

/** One version of a key. `leaf` is the custody-log entry that made it. */
export interface VersionRecord {
  readonly version: number;
  readonly state: KeyState;
  readonly createdAt: number;
  /** Key check value; null where the algorithm has none. */
  readonly kcv: string | null;
  /** HMAC commitment to the material, as in the custody log. */
  readonly commit: string;
  readonly leaf: number;
}

/** Who a key belongs to. */
export type KeyOwner = { readonly kind: "domain" } | { readonly kind: "client"; readonly id: string };

/** Times of a key's life, Unix seconds. */
export interface KeyDates {
  readonly created: number;
  readonly activated?: number;
  readonly suspended?: number;
  readonly deactivated?: number;
  readonly compromised?: number;
  readonly destroyed?: number;
  /** When a scheduled destroy is due, by the clock as it stood then; running time decides. */
  readonly destroyDue?: number;
  readonly cryptoperiodSec?: number;
}

/** Metadata of one key; never material. A destroyed key keeps its record: it is the tombstone. */
export interface KeyRecord {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  readonly aliases: readonly string[];
  readonly algorithm: "AES-256";
  readonly usage: readonly ("encrypt" | "decrypt")[];
  readonly extractable: boolean;
  readonly state: KeyState;
  readonly current: number;
  readonly versions: readonly VersionRecord[];
  readonly owner: KeyOwner;
  readonly dates: KeyDates;
  /** Hash of the scheduled command that waits for this key, if any: meanwhile it takes tightening acts only. */
  readonly scheduled: string | null;
  /** Head: the last entry that changed state, versions, group or extractability (`expect.head` of commands). */
  readonly leaf: number;
  /** The last entry that names this row, labels and schedules included. */
  readonly rowLeaf: number;
  /** Set when the row failed verification: the key serves nothing. */
  readonly locked: LockReason | null;
}

/** One client application's identity at this domain. */
export interface ClientRecord {
  readonly id: string;
  readonly label: string;
  readonly state: "active" | "revoked";
  readonly auth: {
    readonly kind: "mtls";
    /** Of the newest key. */
    readonly spki: string;
    /** Keys before renewals, each good until its overlap ends, Unix seconds. */
    readonly earlier?: readonly { readonly spki: string; readonly until: number }[];
  };
  readonly grants: readonly Grant[];
  readonly createdAt: number;
  readonly notAfter: number;
  /** The end that administrators set, which no renewal passes; absent where they set none. */
  readonly limit?: number;
  readonly revokedAt: number | null;
  readonly certificate: {
    readonly serial: string;
    readonly notBefore: number;
    readonly notAfter: number;
    readonly der: string;
  };
  /** Head and only leaf of the row: enrolment or withdrawal. */
  readonly leaf: number;
  readonly locked: LockReason | null;
}

/** State of the domain itself. */
export interface DomainRecord {
  readonly tid: string;
  readonly createdAt: number;
  readonly locked: boolean;
  readonly recovering: boolean;
  readonly leaf: number;
}
