import { type Attribute, ENUM, type RequestItem, type RequestPayload, TAG, TYPE } from "@holdfast/kmip";

const { SymmetricKey } = ENUM.ObjectType;
const { AES } = ENUM.CryptographicAlgorithm;

/** Encrypt and Decrypt, as every product asks for them. */
export const ENCRYPT_DECRYPT = 12;

/** A Name. */
export function nameOf(value: string): Attribute {
  return { name: "Name", value: { nameValue: value, nameType: ENUM.NameType.UninterpretedTextString } };
}

/** An attribute of a client's own: `x-Product` is the label `Product`. */
export function custom(label: string, value: string): Attribute {
  return { vendor: "x", label, value: { tag: TAG.AttributeValue, type: TYPE.TextString, value } };
}

/** What an AES key is asked for with. */
export function aes(bits: number, ...more: readonly Attribute[]): readonly Attribute[] {
  return [
    { name: "CryptographicAlgorithm", value: AES },
    { name: "CryptographicLength", value: bits },
    { name: "CryptographicUsageMask", value: ENCRYPT_DECRYPT },
    ...more,
  ];
}

/** Create of an AES key. */
export function createAes(bits: number, ...more: readonly Attribute[]): RequestPayload<"Create"> {
  return { objectType: SymmetricKey, attributes: aes(bits, ...more) };
}

/** Register of an AES key's bytes. */
export function registerAes(material: Uint8Array, ...more: readonly Attribute[]): RequestPayload<"Register"> {
  const bits = material.byteLength * 8;
  return {
    objectType: SymmetricKey,
    attributes: aes(bits, ...more),
    object: {
      type: "SymmetricKey",
      keyBlock: {
        keyFormatType: ENUM.KeyFormatType.Raw,
        keyValue: { material },
        cryptographicAlgorithm: AES,
        cryptographicLength: bits,
      },
    },
  };
}

/** Revoke for good, with nothing suspected. */
export function retire(uniqueIdentifier: string): RequestPayload<"Revoke"> {
  const { CessationOfOperation } = ENUM.RevocationReasonCode;
  return { uniqueIdentifier, revocationReason: { revocationReasonCode: CessationOfOperation } };
}

/** Items of a batch, each with an identifier of its own. */
export function numbered(items: readonly RequestItem[]): RequestItem[] {
  return items.map((item, index) => ({ ...item, uniqueBatchItemId: Buffer.of(index + 1) }));
}

/** The bytes of a key in an answer to Get. */
export function bytesOf(payload: { readonly object: unknown }): Buffer {
  const { object } = payload as { object: { keyBlock: { keyValue: { material: Uint8Array } } } };
  return Buffer.from(object.keyBlock.keyValue.material);
}

/** One attribute's value in an answer. */
export function valueIn(attributes: readonly Attribute[] | undefined, name: string): unknown {
  const found = attributes?.find((each) => each.name === name || (each.vendor === "x" && `x-${each.label}` === name));
  if (found?.name !== undefined) return found.value;
  return (found?.value as { value: unknown } | undefined)?.value;
}
