import type {
  BackupPolicy,
  EscrowPlan,
  Grant,
  KeySchedule,
  KeyUsage,
  LegacyAlgorithm,
  ObjectType,
  PermitProfile,
} from "@holdfast/protocol";
import type { StoreErrorCode } from "./errors.ts";

/** What a client may do on which keys; what a key may be used for; kinds of objects. */
export type { Grant, KeyUsage, ObjectType } from "@holdfast/protocol";

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
  /** How often it is to be rotated: it reminds, and ends nothing. */
  readonly cryptoperiodSec?: number;
  /** Originator-usage period of each version: it protects nothing afterwards. */
  readonly originatorSec?: number;
  /** Recipient-usage period of each version, from the same beginning: it opens nothing afterwards. */
  readonly recipientSec?: number;
  /** Planned: the key becomes active by itself at this time. */
  readonly activation?: number;
  /** Before this time the key processes nothing (decrypt, verify, unwrap). */
  readonly processStart?: number;
  /** From this time on the key protects nothing (encrypt, sign, wrap). */
  readonly protectStop?: number;
  /** Planned: the key is deactivated by itself at this time. */
  readonly deactivation?: number;
  /** When the key is thought to have been exposed, as who reported it said. */
  readonly compromiseOccurred?: number;
  /** Since when the material is set aside; until it is recovered nothing is done with it. */
  readonly archived?: number;
}

/** What a client calls an object: unique among the objects that it sees. */
export interface ObjectName {
  readonly value: string;
  readonly kind: "text" | "uri";
}

/** Another object that one is related to, from its own point of view: `public-key` names the public key of this one. */
export interface ObjectLink {
  readonly kind: string;
  readonly id: string;
}

/** How much a key may still protect. */
export interface UsageLimits {
  readonly unit: "byte" | "object";
  readonly total: number;
  /** Given out durably, used or not: what is left of a block is lost with the process, never given twice. */
  readonly spent: number;
}

/** A value in an attribute bag: JSON. */
export type AttributeValue =
  | string
  | number
  | boolean
  | readonly AttributeValue[]
  | { readonly [name: string]: AttributeValue };

/** Attributes that decide nothing, by name; the endpoint that keeps one knows its form. */
export type AttributeBag = Readonly<Record<string, AttributeValue>>;

/** Metadata of one managed object; never material. A destroyed one keeps its record: it is the tombstone. */
export interface KeyRecord {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  readonly aliases: readonly string[];
  readonly type: ObjectType;
  /** Null for what has none: secret data, opaque objects. */
  readonly algorithm: string | null;
  /** Size of the material in the algorithm's own measure; null where nobody said one. */
  readonly bits: number | null;
  readonly usage: readonly KeyUsage[];
  /** `registered` objects were known to somebody before they came here. */
  readonly origin: "made" | "registered";
  /** The newest version that somebody held before, where that is not the first. */
  readonly known?: number;
  readonly names: readonly ObjectName[];
  readonly links: readonly ObjectLink[];
  /** Identifiers of another system, set at registration only. */
  readonly foreign: readonly string[];
  readonly attributes: AttributeBag;
  /** 16 bytes, base64url: with it, what the log says of names, links and attributes can be shown, and not guessed before. */
  readonly salt: string;
  readonly limits: UsageLimits | null;
  /** What the agent does with it by itself: at most one of a kind. */
  readonly schedules: readonly KeySchedule[];
  readonly extractable: boolean;
  /** Where the material is: absent in the store, wrapped; `hsm` in the token, which it never leaves. */
  readonly store?: "hsm" | undefined;
  /** Its material leaves wrapped under a trusted key or not at all. */
  readonly sensitive: boolean;
  readonly state: KeyState;
  readonly current: number;
  readonly versions: readonly VersionRecord[];
  readonly owner: KeyOwner;
  readonly dates: KeyDates;
  /** Unix seconds of the entry that last named this row. */
  readonly changedAt: number;
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
    /** A permit lets clients in by its secret, and opens nothing itself. */
    readonly kind: "mtls" | "permit";
    /** Of the newest key; of a permit, of its secret. */
    readonly spki: string;
    /** Whose certificates prove the key: the domain's own without it. */
    readonly authority?: "company";
    /** SHA-256 of the only certificate that does, base64url. */
    readonly certificate?: string;
    /** Keys before renewals, each good until its overlap ends, Unix seconds. */
    readonly earlier?: readonly { readonly spki: string; readonly until: number }[];
    /** The permit by which it came. */
    readonly permit?: string;
  };
  /** Of a permit only. */
  readonly permit?: PermitProfile;
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

/** An enrolment secret, as a client that opens nothing. */
export type PermitRecord = ClientRecord & { readonly permit: PermitProfile };

/** State of the domain itself. */
export interface DomainRecord {
  readonly tid: string;
  readonly createdAt: number;
  readonly locked: boolean;
  readonly recovering: boolean;
  /** Legacy algorithms that administrators have allowed. */
  readonly legacy: readonly LegacyAlgorithm[];
  /** Who holds shares of backups; absent while nobody does. */
  readonly escrow?: EscrowPlan;
  /** When and where the agent backs up alone; null: never. */
  readonly backup: BackupPolicy | null;
  /** Where a new key is held before its maker is answered. */
  readonly ackNewKey: "local" | "backup";
  /** What the control plane learns of names; absent: all of them. */
  readonly share?: "hashes";
  readonly leaf: number;
}

/** What was decided of a domain in which nothing was. */
export const UNDECIDED: Pick<DomainRecord, "legacy" | "backup" | "ackNewKey"> = {
  legacy: [],
  backup: null,
  ackNewKey: "local",
};

/** What a record is where its row does not say: rows of the first release are read as what they were. */
export const FIRST_RELEASE: Pick<
  KeyRecord,
  | "type"
  | "algorithm"
  | "bits"
  | "origin"
  | "names"
  | "links"
  | "foreign"
  | "attributes"
  | "salt"
  | "limits"
  | "schedules"
  | "sensitive"
> = {
  type: "symmetric-key",
  algorithm: "AES-256",
  bits: 256,
  origin: "made",
  names: [],
  links: [],
  foreign: [],
  attributes: {},
  salt: "",
  limits: null,
  schedules: [],
  sensitive: false,
};
