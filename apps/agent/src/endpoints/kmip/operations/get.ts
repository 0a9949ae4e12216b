import { CryptoError, type MaterialFormat } from "@holdfast/crypto";
import { ENUM, hasValue, type KeyBlock, type KeyWrappingSpecification, type ManagedObject } from "@holdfast/kmip";
import { OperationError } from "../../../operations/errors.ts";
import type { MaterialRequest, Released } from "../../../operations/get-material.ts";
import type { ObjectView } from "../../../operations/object-view.ts";
import { instancesIn } from "../attributes/bag.ts";
import { algorithmOf, kmipAlgorithm, lengthOf } from "../attributes/key-algorithms.ts";
import { materialFormat } from "../attributes/key-formats.ts";
import { formatOfObject } from "../attributes/object-attributes.ts";
import { objectTypeNumber, REQUEST_TYPE } from "../attributes/object-types.ts";
import { attributesOfTemplate } from "../attributes/templates.ts";
import { groupTurnsOf } from "../group-turns.ts";
import { isKeptFormat, isTransparentFormat, readKept, writeTransparent } from "../key-material.ts";
import { wrappedParts, wrappingOf } from "../key-wrapping.ts";
import type { KmipContext } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";
import { pkcs12Store } from "./pkcs12-store.ts";

const UNCOMPRESSED: number = ENUM.KeyCompressionType.ECPublicKeyTypeUncompressed;

/** Gives an object out. @see KMIP 2.1 section 6.1.20 */
export const get: KmipOperation<"Get"> = async (context, payload) => {
  const { identifier, name } = context.object(payload.uniqueIdentifier);
  const { view, object } = await objectOut(context, name, payload);
  groupTurnsOf(context.session.domain).taken(context.caller.client.id, view.id);
  return { objectType: objectTypeNumber(view), uniqueIdentifier: identifier, object };
};

/** How an object is to be given out. */
export interface Asked {
  readonly keyFormatType?: number | undefined;
  readonly keyCompressionType?: number | undefined;
  readonly keyWrappingSpecification?: KeyWrappingSpecification | undefined;
}

/**
 * Takes an object out in the form that is asked for: durable in the custody log before this resolves.
 *
 * @throws KmipRefusedError and as `Operations.getMaterial`
 */
export async function objectOut(
  context: KmipContext,
  name: string,
  asked: Asked,
): Promise<{ readonly view: ObjectView; readonly object: ManagedObject }> {
  if (asked.keyCompressionType !== undefined && asked.keyCompressionType !== UNCOMPRESSED)
    refuse("KeyCompressionTypeNotSupported", "Points are given out uncompressed.");
  const specification = asked.keyWrappingSpecification;
  if (asked.keyFormatType === ENUM.KeyFormatType.PKCS_12) {
    if (specification !== undefined) refuse("KeyFormatTypeNotSupported", "A PKCS#12 store is not wrapped once more.");
    return pkcs12Store(context, name);
  }
  let format: number = ENUM.KeyFormatType.Raw;
  let seen: ObjectView | null = null;
  const released = await take(context, {
    name,
    format(view) {
      seen = view;
      format = asked.keyFormatType ?? ownFormat(context, view) ?? format;
      assertHad(formatOfObject(view), format);
      if (specification === undefined) return doorFormat(view, format);
      if (isTransparentFormat(format) && asked.keyFormatType === undefined) format = encodedFormat(view);
      if (isTransparentFormat(format)) refuse("KeyFormatTypeNotSupported", "Keys are wrapped in encoded forms.");
      return doorFormat(view, format);
    },
    ...(specification && { wrapping: wrappingOf(context, specification, () => seen ?? notSeen()) }),
  });
  const view = released.object;
  const object = managedObject(view, format, wipedLater(context, released));
  return { view, object: specification === undefined ? object : wrappedObject(object, specification, released) };
}

/** The format in which an object came, or its usual one, if the version has it. */
function ownFormat({ version }: KmipContext, view: ObjectView): number | null {
  const format = formatOfObject(view);
  return format === null || hasValue(version, "KeyFormatType", format) ? format : encodedFormat(view);
}

/** The form of a key whose usual one is a structure of numbers. */
function encodedFormat({ type }: ObjectView): number {
  if (type === "symmetric-key") return ENUM.KeyFormatType.Raw;
  return type === "private-key" ? ENUM.KeyFormatType.PKCS_8 : ENUM.KeyFormatType.X_509;
}

function notSeen(): never {
  refuse("GeneralFailure", "The object was not looked up.");
}

/** @throws KmipRefusedError for an object that has no key block */
function wrappedObject(
  object: ManagedObject,
  specification: KeyWrappingSpecification,
  released: Released,
): ManagedObject {
  if (!("keyBlock" in object)) refuse("IllegalObjectType", "Only keys and secret data leave wrapped.");
  return { ...object, keyBlock: { ...object.keyBlock, ...wrappedParts(specification, released) } } as ManagedObject;
}

async function take({ operations, caller }: KmipContext, request: MaterialRequest): Promise<Released> {
  try {
    return await operations.getMaterial(caller, request);
  } catch (cause) {
    const noSuchForm = cause instanceof CryptoError && cause.code === "E_CRYPTO_INPUT";
    if (noSuchForm && request.wrapping === undefined)
      refuse("KeyFormatTypeNotSupported", "The object has no such form.");
    const onlyWrapped = cause instanceof OperationError && cause.code === "E_WRAPPING_KEY";
    if (onlyWrapped && request.wrapping === undefined) refuse("Sensitive", "The object leaves wrapped or not at all.");
    throw cause;
  }
}

/** What is only kept is given out in the form in which it came. */
function assertHad(own: number | null, format: number): void {
  const isKept = isKeptFormat(format) || (own !== null && isKeptFormat(own));
  if (isKept && own !== format) refuse("KeyFormatTypeNotSupported", "The object has no such form.");
}

/** The door's form of a Key Format Type, for an object that has it. */
function doorFormat({ type }: ObjectView, format: number): MaterialFormat | "components" | undefined {
  if (type === "opaque" || type === "template" || type === "certificate") return undefined;
  if (isKeptFormat(format)) return "raw";
  if (isTransparentFormat(format)) return format === ENUM.KeyFormatType.TransparentSymmetricKey ? "raw" : "components";
  return materialFormat(format, type) ?? refuse("KeyFormatTypeNotSupported", "Objects are not given out in this form.");
}

function wipedLater(context: KmipContext, released: Released): Released {
  context.wipeLater(released.material);
  for (const part of Object.values(released.components ?? {})) if (part !== undefined) context.wipeLater(part);
  return released;
}

/** The object as it travels. */
function managedObject(view: ObjectView, format: number, released: Released): ManagedObject {
  const { attributes } = view;
  switch (view.type) {
    case "opaque":
      if (typeof attributes[REQUEST_TYPE] === "number")
        return {
          type: "CertificateRequest",
          certificateRequestType: attributes[REQUEST_TYPE],
          certificateRequestValue: released.material,
        };
      return {
        type: "OpaqueObject",
        opaqueDataType: instance(view, "OpaqueDataType"),
        opaqueDataValue: released.material,
      };
    case "certificate":
      return {
        type: "Certificate",
        certificateType: instance(view, "CertificateType"),
        certificateValue: released.material,
      };
    case "template":
      return { type: "Template", attributes: attributesOfTemplate(view) };
    default:
  }
  const keyBlock = keyBlockOf(view, format, released);
  switch (view.type) {
    case "secret-data":
      return { type: "SecretData", secretDataType: attributes["kmip-secret-data-type"] as number, keyBlock };
    case "symmetric-key":
      return { type: "SymmetricKey", keyBlock };
    case "private-key":
      return { type: "PrivateKey", keyBlock };
    case "public-key":
      return { type: "PublicKey", keyBlock };
    case "pgp-key":
      return { type: "PGPKey", pgpKeyVersion: (attributes["kmip-pgp-version"] as number | undefined) ?? 4, keyBlock };
    case "split-key":
      return { type: "SplitKey", ...splitOf(attributes["kmip-split"]), keyBlock };
  }
}

function keyBlockOf(view: ObjectView, format: number, { material, components }: Released): KeyBlock {
  const algorithm = kmipAlgorithm(view.algorithm);
  const number = algorithmOf(view);
  const transparent = isTransparentFormat(format);
  const parts = components ?? { key: material };
  const value = isKeptFormat(format)
    ? readKept(format, material)
    : transparent
      ? writeTransparent(format, parts, algorithm ?? {})
      : material;
  const bits = lengthOf(view);
  return {
    keyFormatType: format,
    keyValue: { material: value },
    ...(number === null ? {} : { cryptographicAlgorithm: number }),
    ...(number === null || bits === null ? {} : { cryptographicLength: bits }),
  };
}

function instance({ attributes }: ObjectView, name: "OpaqueDataType" | "CertificateType"): number {
  return (instancesIn(attributes, { name })[0]?.value as number | undefined) ?? 0;
}

interface Split {
  readonly splitKeyParts: number;
  readonly keyPartIdentifier: number;
  readonly splitKeyThreshold: number;
  readonly splitKeyMethod: number;
}

function splitOf(kept: unknown): Split & { readonly primeFieldSize?: Uint8Array } {
  const { primeFieldSize, ...rest } = kept as Split & { readonly primeFieldSize?: string };
  return primeFieldSize === undefined ? rest : { ...rest, primeFieldSize: Buffer.from(primeFieldSize, "base64") };
}
