import type { KeyRecord, KeyState, ObjectType } from "../keystore/records.ts";
import { customAttributes, type LifeFacts, lifeFacts } from "./life-facts.ts";
import { limitsView } from "./object-view.ts";

/** What a client learns about a key it sees; never material. */
export interface KeyMetadata extends LifeFacts {
  readonly keyId: string;
  readonly name: string;
  readonly group: string;
  readonly aliases: readonly string[];
  /** What clients call it besides: names of KMIP. */
  readonly names: readonly string[];
  /** What clients say of it in names of their own. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly type: ObjectType;
  readonly algorithm: string;
  readonly usage: readonly string[];
  readonly extractable: boolean;
  readonly state: KeyState;
  /** The current version. */
  readonly version: number;
  readonly kcv: string | null;
  /** Unix seconds. */
  readonly created: number;
  readonly own: boolean;
  /** Why the key serves nothing, if its stored record did not verify. */
  readonly locked: string | null;
  readonly versions: readonly {
    readonly version: number;
    readonly state: KeyState;
    readonly created: number;
    readonly kcv: string | null;
  }[];
}

/** Describes a key to a client. @param unspent - Of the key's limit: what is given out in this process and unused. */
export function keyMetadata(key: KeyRecord, clientId: string, unspent: number): KeyMetadata {
  const { id, label, group, aliases, type, algorithm, usage, extractable, state, current, dates, owner, locked } = key;
  const versions = key.versions.map(({ version, state: each, createdAt, kcv }) => ({
    version,
    state: each,
    created: createdAt,
    kcv,
  }));
  return {
    keyId: id,
    name: label,
    group,
    aliases,
    type,
    algorithm: algorithm ?? type,
    usage,
    extractable,
    state,
    version: current,
    kcv: versions.find(({ version }) => version === current)?.kcv ?? null,
    created: dates.created,
    own: owner.kind === "client" && owner.id === clientId,
    locked,
    names: key.names.map(({ value }) => value),
    attributes: customAttributes(key),
    ...lifeFacts(
      { dates, state, limits: limitsView(key.limits, unspent) },
      versions.find(({ version }) => version === current)?.created ?? dates.created,
    ),
    versions,
  };
}
