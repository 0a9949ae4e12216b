import type { CryptographicParameters } from "@holdfast/kmip";
import type { AttributeBag } from "../../../keystore/records.ts";
import { instancesIn } from "../attributes/bag.ts";

const kept = new WeakMap<AttributeBag, CryptographicParameters | null>();
const NONE: CryptographicParameters = Object.freeze({});

/**
 * The Cryptographic Parameters of an operation: the request's; without them the object's own with the lowest index.
 *
 * @see KMIP 2.1 section 6.1.21 (Encrypt), and the same sentence of every other cryptographic operation
 */
export function givenParameters(
  given: CryptographicParameters | undefined,
  attributes: AttributeBag,
): CryptographicParameters {
  return given ?? ofObject(attributes) ?? NONE;
}

function ofObject(attributes: AttributeBag): CryptographicParameters | null {
  const known = kept.get(attributes);
  if (known !== undefined) return known;
  const instances = [...instancesIn(attributes, { name: "CryptographicParameters" })];
  const lowest = instances.sort((one, other) => one.index - other.index)[0];
  const found = lowest === undefined ? null : (lowest.value as CryptographicParameters);
  kept.set(attributes, found);
  return found;
}
