import { randomBytes } from "@holdfast/crypto";
import { encodeBase64url } from "@holdfast/protocol";
import type {
  AttributeBag,
  KeyDates,
  KeyOwner,
  KeyRecord,
  KeyUsage,
  ObjectLink,
  ObjectName,
  ObjectType,
  UsageLimits,
} from "../keystore/records.ts";
import type { MadeKey } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { objectCommitment } from "./object-commitment.ts";

/** What a new object shall be, with everything decided but its material. */
export interface NewRecord {
  readonly id: string;
  readonly type: ObjectType;
  readonly algorithm: string | null;
  readonly bits: number | null;
  readonly origin: "made" | "registered";
  readonly label: string;
  readonly group: string;
  readonly usage: readonly KeyUsage[];
  readonly extractable: boolean;
  readonly owner: KeyOwner;
  readonly store?: "hsm" | undefined;
  readonly sensitive?: boolean;
  /** `now`: active at once; a time: active from then on, at once if it is over; without it pre-active. */
  readonly activation?: number | "now" | undefined;
  readonly dates?: Pick<
    KeyDates,
    "processStart" | "protectStop" | "deactivation" | "cryptoperiodSec" | "originatorSec" | "recipientSec"
  >;
  readonly alias?: string | undefined;
  readonly names?: readonly ObjectName[];
  readonly links?: readonly ObjectLink[];
  readonly foreign?: readonly string[];
  readonly attributes?: AttributeBag;
  readonly limits?: Omit<UsageLimits, "spent"> | null;
}

const SALT_BYTES = 16;

/** An object in its first state: one version, active or pre-active. */
export function newRecordEffect(item: NewRecord, made: MadeKey, now: number): KeyEffect {
  const { activation, alias, label } = item;
  const starts = activation === "now" || (activation !== undefined && activation <= now);
  const state = starts ? "active" : "pre-active";
  const record: KeyRecord = {
    ...{ id: item.id, type: item.type, algorithm: item.algorithm, origin: item.origin, label },
    bits: made.bits ?? item.bits,
    ...{ group: item.group, usage: item.usage, extractable: item.extractable, owner: item.owner, state },
    ...(item.store === undefined ? {} : { store: item.store }),
    sensitive: item.sensitive ?? false,
    aliases: alias === undefined ? [] : [alias],
    names: item.names ?? [],
    links: item.links ?? [],
    foreign: item.foreign ?? [],
    attributes: item.attributes ?? {},
    salt: "",
    schedules: [],
    limits: item.limits ? { ...item.limits, spent: 0 } : null,
    current: 1,
    versions: [{ version: 1, state, createdAt: now, kcv: made.kcv, commit: made.commit, leaf: 0 }],
    dates: {
      created: now,
      ...(typeof activation === "number" ? { activation } : {}),
      ...(starts ? { activated: now } : {}),
      ...item.dates,
    },
    changedAt: now,
    scheduled: null,
    leaf: 0,
    rowLeaf: 0,
    locked: null,
  };
  const keeps = record.names.length + record.links.length + Object.keys(record.attributes).length > 0;
  const after = keeps ? { ...record, salt: encodeBase64url(randomBytes(SALT_BYTES)) } : record;
  const data = objectCommitment(after);
  const names = { label, ...(alias === undefined ? {} : { alias }) };
  return {
    ...{ on: "key", before: null, after, movesHead: true, created: made.handle, names },
    ...(data === null ? {} : { data }),
  };
}
