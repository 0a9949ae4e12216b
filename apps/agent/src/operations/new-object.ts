import type { DecipherParams, MaterialFormat, ReadUnwrapped, TransparentKey } from "@holdfast/crypto";
import type { AttributeBag, KeyUsage, ObjectLink, ObjectName, ObjectType } from "../keystore/records.ts";
import type { Chosen, KeyName } from "./use-object.ts";

/** Dates of an object that are planned, Unix seconds. */
export interface PlannedDates {
  /** `now`, or a time; at or before the present it is active at once. Without one the object begins pre-active. */
  readonly activation?: number | "now";
  readonly processStart?: number;
  readonly protectStop?: number;
  readonly deactivation?: number;
}

/** What every new object may be given. */
export interface ObjectSettings {
  readonly usage: readonly KeyUsage[];
  /** What people call it; without one the first name, or else the type. Display only. */
  readonly label?: string;
  /** The group `default` without it. */
  readonly group?: string;
  /** Whether its material may leave; needs the grant `get`. */
  readonly extractable?: boolean;
  /** Whether its material leaves wrapped only. */
  readonly sensitive?: boolean;
  readonly dates?: PlannedDates;
  readonly names?: readonly ObjectName[];
  readonly links?: readonly ObjectLink[];
  readonly attributes?: AttributeBag;
  readonly limits?: { readonly unit: "byte" | "object"; readonly total: number };
  /** Needs the grant `alias`. */
  readonly alias?: string;
  readonly cryptoperiodSec?: number;
  /** How long each version protects; it ends by itself. */
  readonly originatorSec?: number;
  /** How long each version opens, from the same beginning; not without the other, and not shorter. */
  readonly recipientSec?: number;
}

/**
 * Material that comes from outside: encoded, as its numbers, or wrapped under a key that is here already. Bytes are wiped
 * when they have been taken.
 */
export type GivenMaterial =
  | { readonly format: MaterialFormat; readonly bytes: Uint8Array }
  | { readonly components: TransparentKey }
  | {
      readonly wrapped: Uint8Array;
      readonly under: KeyName & { readonly params: Chosen<DecipherParams> };
      /** The form of what is wrapped, or what finds the material in it. */
      readonly read: MaterialFormat | ReadUnwrapped;
    };

/** A key to be made. */
export interface NewObject extends ObjectSettings {
  readonly algorithm: string;
  readonly bits?: number;
}

/** A key pair to be made. */
export interface NewPair {
  readonly algorithm: string;
  readonly bits?: number;
  readonly privateKey: ObjectSettings;
  readonly publicKey: ObjectSettings;
}

/** An object that exists already. */
export interface Registration extends ObjectSettings {
  readonly type: ObjectType;
  /** As the type has them; null for secret data, opaque objects, templates. */
  readonly algorithm: string | null;
  readonly bits?: number;
  readonly material: GivenMaterial;
  /** Identifiers of another system, unique in the domain; needs the grant `alias` too. */
  readonly foreign?: readonly string[];
}

/** What a re-key changes besides the material; everything else is the old object's. */
export interface ReKey {
  readonly dates?: PlannedDates;
  readonly attributes?: AttributeBag;
}
