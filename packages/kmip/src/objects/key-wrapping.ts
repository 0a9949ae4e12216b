import { attributeNameReference } from "../attributes/attribute-reference.ts";
import { cryptographicParameters } from "../attributes/structures.ts";
import type { ValueOf } from "../fields/codec.ts";
import { optional, repeated, required } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { bytes, enumeration, identifier } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";

const keyInformation = struct({
  uniqueIdentifier: required(TAG.UniqueIdentifier, identifier),
  cryptographicParameters: optional(TAG.CryptographicParameters, cryptographicParameters),
});

/** How the key value of a key block is wrapped. @see KMIP 1.4 section 2.1.5 */
export const keyWrappingData = struct({
  wrappingMethod: required(TAG.WrappingMethod, enumeration),
  encryptionKeyInformation: optional(TAG.EncryptionKeyInformation, keyInformation),
  macSignatureKeyInformation: optional(TAG.MACSignatureKeyInformation, keyInformation),
  macSignature: optional(TAG.MACSignature, bytes),
  ivCounterNonce: optional(TAG.IVCounterNonce, bytes),
  encodingOption: optional(TAG.EncodingOption, enumeration, { since: "1.1" }),
});
export type KeyWrappingData = ValueOf<typeof keyWrappingData>;

/** How a key is to be wrapped before it is handed out. @see KMIP 1.4 section 2.1.6 */
export const keyWrappingSpecification = struct({
  wrappingMethod: required(TAG.WrappingMethod, enumeration),
  encryptionKeyInformation: optional(TAG.EncryptionKeyInformation, keyInformation),
  macSignatureKeyInformation: optional(TAG.MACSignatureKeyInformation, keyInformation),
  attributeNames: repeated(TAG.AttributeName, attributeNameReference),
  encodingOption: optional(TAG.EncodingOption, enumeration, { since: "1.1" }),
});
export type KeyWrappingSpecification = ValueOf<typeof keyWrappingSpecification>;
