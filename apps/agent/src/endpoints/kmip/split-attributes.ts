import type { SplitMethod } from "@holdfast/crypto";
import { ENUM } from "@holdfast/kmip";
import type { AttributeBag } from "../../keystore/records.ts";
import { refuse, refuseValue } from "./refused.ts";

const S = ENUM.SplitKeyMethod;

/** What a part of a split key says of itself; kept in the bag under `kmip-split`. */
export interface SplitFacts {
  readonly splitKeyParts: number;
  readonly keyPartIdentifier: number;
  readonly splitKeyThreshold: number;
  /** A value of `ENUM.SplitKeyMethod`. */
  readonly splitKeyMethod: number;
  /** Unsigned, big-endian, base64. */
  readonly primeFieldSize?: string;
}

const NAME = "kmip-split";

/** The bag's entry of a part. */
export function splitBag(facts: SplitFacts): AttributeBag {
  return { [NAME]: { ...facts } };
}

/** What a part says of itself. @throws KmipRefusedError for an object that says nothing of the kind */
export function splitFacts(attributes: AttributeBag): SplitFacts {
  const facts = attributes[NAME] as SplitFacts | undefined;
  return facts ?? refuse("InvalidObjectType", "The object is no part of a split key.");
}

/** A Split Key Method in the door's words. @throws KmipRefusedError */
export function splitMethod(method: number, prime: Uint8Array | undefined): SplitMethod {
  switch (method) {
    case S.XOR:
      return { method: "XOR" };
    case S.PolynomialSharingGF2_8:
      return { method: "GF(2^8)" };
    case S.PolynomialSharingGF2_16:
      return { method: "GF(2^16)" };
    case S.PolynomialSharingPrimeField:
      return { method: "prime", prime: prime ?? refuse("InvalidField", "The method needs a Prime Field Size.") };
    default:
      return refuseValue("SplitKeyMethod", method);
  }
}
