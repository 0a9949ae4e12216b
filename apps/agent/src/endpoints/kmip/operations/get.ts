import { CryptoError, type MaterialFormat } from "@holdfast/crypto";
import { ENUM, type KeyBlock, type ManagedObject } from "@holdfast/kmip";
import type { MaterialRequest, Released } from "../../../operations/get-material.ts";
import type { ObjectView } from "../../../operations/object-view.ts";
import { instancesIn } from "../attributes/bag.ts";
import { kmipAlgorithm } from "../attributes/key-algorithms.ts";
import { materialFormat } from "../attributes/key-formats.ts";
import { formatOfObject } from "../attributes/object-attributes.ts";
import { objectTypeNumber } from "../attributes/object-types.ts";
import { attributesOfTemplate } from "../attributes/templates.ts";
import { isTransparentFormat, writeTransparent } from "../key-material.ts";
import type { KmipContext } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

const UNCOMPRESSED: number = ENUM.KeyCompressionType.ECPublicKeyTypeUncompressed;

/** Gives an object out. @see KMIP 2.1 section 6.1.20 */
export const get: KmipOperation<"Get"> = async (context, payload) => {
  const { identifier, name } = context.object(payload.uniqueIdentifier);
  const { view, object } = await objectOut(context, name, payload);
  return { objectType: objectTypeNumber(view.type), uniqueIdentifier: identifier, object };
};

/** How an object is to be given out. */
export interface Asked {
  readonly keyFormatType?: number | undefined;
  readonly keyCompressionType?: number | undefined;
  readonly keyWrappingSpecification?: unknown;
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
  if (asked.keyWrappingSpecification !== undefined) refuse("FeatureNotSupported", "Keys are not wrapped yet.");
  let format: number = ENUM.KeyFormatType.Raw;
  const released = await take(context, {
    name,
    format(view) {
      format = asked.keyFormatType ?? formatOfObject(view) ?? format;
      return doorFormat(view, format);
    },
  });
  const view = released.object;
  return { view, object: managedObject(view, format, wipedLater(context, released)) };
}

async function take({ operations, caller }: KmipContext, request: MaterialRequest): Promise<Released> {
  try {
    return await operations.getMaterial(caller, request);
  } catch (cause) {
    const noSuchForm = cause instanceof CryptoError && cause.code === "E_CRYPTO_INPUT";
    if (noSuchForm) refuse("KeyFormatTypeNotSupported", "The object has no such form.");
    throw cause;
  }
}

/** The door's form of a Key Format Type, for an object that has it. */
function doorFormat({ type }: ObjectView, format: number): MaterialFormat | "components" | undefined {
  if (type === "opaque" || type === "template" || type === "certificate") return undefined;
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
  const transparent = isTransparentFormat(format);
  const parts = components ?? { key: material };
  const value = transparent ? writeTransparent(format, parts, algorithm ?? {}) : material;
  const bits = view.bits;
  return {
    keyFormatType: format,
    keyValue: { material: value },
    ...(algorithm === null ? {} : { cryptographicAlgorithm: algorithm.algorithm }),
    ...(algorithm === null || bits === null ? {} : { cryptographicLength: bits }),
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
