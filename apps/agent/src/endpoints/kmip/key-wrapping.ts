import type { DecipherParams, MaterialFormat } from "@holdfast/crypto";
import {
  type AttributeReference,
  type CryptographicParameters,
  decodeKeyValue,
  ENUM,
  encodeKeyValue,
  type KeyBlock,
  type KeyValue,
  type KeyWrappingData,
  type KeyWrappingSpecification,
} from "@holdfast/kmip";
import type { ObjectType } from "../../keystore/records.ts";
import type { Released, Wrapping } from "../../operations/get-material.ts";
import type { GivenMaterial } from "../../operations/new-object.ts";
import type { ObjectView } from "../../operations/object-view.ts";
import { materialFormat } from "./attributes/key-formats.ts";
import { valuesOf } from "./attributes/object-attributes.ts";
import { encryptionParameters, openingParameters } from "./cryptography/cipher-parameters.ts";
import type { KmipContext } from "./kmip-context.ts";
import { refuse } from "./refused.ts";

const { Encrypt } = ENUM.WrappingMethod;
const { NoEncoding, TTLVEncoding } = ENUM.EncodingOption;
const { GCM } = ENUM.BlockCipherMode;
const FULL_TAG = 16;

/**
 * How a key is wrapped before it leaves, in the door's words.
 *
 * @param view - The object, once the door has looked it up.
 * @throws KmipRefusedError for a way of wrapping that is not served
 * @see KMIP 2.1 section 7.15 (Key Wrapping Specification)
 */
export function wrappingOf(
  context: KmipContext,
  specification: KeyWrappingSpecification,
  view: () => ObjectView,
): Wrapping {
  const { wrappingMethod, encryptionKeyInformation, macSignatureKeyInformation, attributeNames = [] } = specification;
  if (wrappingMethod !== Encrypt || macSignatureKeyInformation !== undefined)
    refuse("FeatureNotSupported", "Keys are wrapped by encryption only.");
  const information = encryptionKeyInformation ?? refuse("InvalidField", "Wrapping needs an encryption key.");
  const encodes = encodesOf(specification.encodingOption);
  if (!encodes && attributeNames.length > 0)
    refuse("EncodingOptionError", "Attributes are wrapped with TTLV encoding only.");
  const given = information.cryptographicParameters;
  return {
    name: context.object(information.uniqueIdentifier).name,
    // A wrapping has no field for an IV that the client chose.
    params: (key) =>
      encryptionParameters({ given: given && { ...given, randomIv: true }, iv: undefined, aad: undefined }, key),
    ...(encodes ? { encode: (material) => encoded(context, { material, view: view(), attributeNames }) } : {}),
  };
}

/** The whole key value, which TTLV encoding wraps. */
function encoded(
  { version }: KmipContext,
  {
    material,
    view,
    attributeNames,
  }: {
    readonly material: Buffer;
    readonly view: ObjectView;
    readonly attributeNames: readonly AttributeReference[];
  },
): Buffer {
  const attributes = attributeNames.flatMap((name) => valuesOf(view, name, version));
  return encodeKeyValue({ material, ...(attributes.length === 0 ? {} : { attributes }) }, version);
}

/** Key value and wrapping data of a key that left wrapped. */
export function wrappedParts(
  specification: KeyWrappingSpecification,
  { material, wrapped }: Released,
): { readonly keyValue: KeyValue; readonly keyWrappingData: KeyWrappingData } {
  const { wrappingMethod, encryptionKeyInformation, encodingOption } = specification;
  const { iv, tag } = wrapped ?? {};
  const bytes = tag === undefined ? material : Buffer.concat([material, tag]);
  return {
    keyValue: encodesOf(encodingOption) ? { wrapped: bytes } : { material: bytes },
    keyWrappingData: {
      wrappingMethod,
      encryptionKeyInformation,
      ...(iv === undefined ? {} : { ivCounterNonce: iv }),
      ...(encodingOption === undefined ? {} : { encodingOption }),
    },
  };
}

/**
 * A wrapped key of a request, for the door: unwrapped there under a key that is here already.
 *
 * @throws KmipRefusedError
 * @see KMIP 2.1 section 3.1.3 (Key Wrapping Data)
 */
export function readWrapped(context: KmipContext, keyBlock: KeyBlock, type: ObjectType): GivenMaterial {
  const { keyFormatType, keyValue, keyWrappingData } = keyBlock;
  const data = keyWrappingData ?? refuse("InvalidField", "A wrapped key says how it is wrapped.");
  if (data.wrappingMethod !== Encrypt || data.macSignature !== undefined)
    refuse("FeatureNotSupported", "Keys are unwrapped by decryption only.");
  const information = data.encryptionKeyInformation ?? refuse("InvalidField", "Unwrapping needs an encryption key.");
  const encodes = encodesOf(data.encodingOption);
  const bytes = encodes ? keyValue?.wrapped : keyValue?.wrapped === undefined ? keyValue?.material : undefined;
  if (!(bytes instanceof Uint8Array))
    refuse("EncodingOptionError", "The key value is not wrapped as its encoding says.");
  const { wrapped, tag } = withoutTag(bytes, information.cryptographicParameters);
  const format = materialFormat(keyFormatType, type);
  if (format === null) refuse("KeyFormatTypeNotSupported", "The Key Format Type is not taken for wrapped keys.");
  const { name } = context.object(information.uniqueIdentifier);
  const input = { given: information.cryptographicParameters, iv: data.ivCounterNonce, aad: undefined };
  return {
    wrapped,
    under: { name, params: (key): DecipherParams => ({ ...openingParameters(input, key), ...tag }) },
    read: encodes ? (opened) => inside(context, opened, { keyFormatType, format }) : format,
  };
}

/** The material in a key value that was wrapped whole. */
function inside(
  { version }: KmipContext,
  opened: Buffer,
  { keyFormatType, format }: { readonly keyFormatType: number; readonly format: MaterialFormat },
): { readonly bytes: Uint8Array; readonly format: MaterialFormat } {
  const value = decodeKeyValue(opened, keyFormatType, version);
  const bytes = value.wrapped === undefined ? value.material : undefined;
  if (!(bytes instanceof Uint8Array)) refuse("InvalidField", "The wrapped key value has no key material.");
  return { bytes, format };
}

/** What authenticates has its tag at the end, because key wrapping data have no field for it. */
function withoutTag(
  bytes: Uint8Array,
  given: CryptographicParameters | undefined,
): { readonly wrapped: Uint8Array; readonly tag: { readonly tag?: Uint8Array } } {
  if (given?.blockCipherMode !== GCM) return { wrapped: bytes, tag: {} };
  const end = Math.max(0, bytes.byteLength - (given.tagLength ?? FULL_TAG));
  return { wrapped: bytes.subarray(0, end), tag: { tag: bytes.subarray(end) } };
}

/** @see KMIP 1.4 section 2.1.5: TTLV encoding where nothing is said */
function encodesOf(option: number | undefined): boolean {
  if (option === undefined || option === TTLVEncoding) return true;
  if (option !== NoEncoding) refuse("EncodingOptionError", "There is no such Encoding Option.");
  return false;
}
