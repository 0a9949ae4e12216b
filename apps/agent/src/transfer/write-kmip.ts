import { createPrivateKey } from "node:crypto";
import { type Attribute, ENUM, type ManagedObject, type RequestItem, writeRequest, writeXml } from "@holdfast/kmip";
import type { ExportedKey } from "@holdfast/protocol";
import { kmipAlgorithm } from "../endpoints/kmip/attributes/key-algorithms.ts";
import { maskOfUsage } from "../endpoints/kmip/attributes/usage-mask.ts";
import { TransferError } from "./errors.ts";

const VERSION = "1.4";
const TEXT = 1;

/**
 * A KMIP 1.4 request that registers one version of a key, in KMIP's XML: `POST /kmip` of a server that takes XML, or a
 * client that reads it.
 *
 * @throws {@link TransferError} `E_KEY_FILE` for a kind of key that KMIP has no name for
 * @see KMIP Profiles 1.4 section 5 (XML); KMIP 1.4 section 4.3 (Register)
 */
export function writeRegister(key: ExportedKey, version: number, material: Buffer): string {
  const object = objectOf(key, material);
  const nameValue = version === key.current ? key.label : `${key.label} v${version}`;
  const attributes: Attribute[] = [
    { name: "Name", value: { nameValue, nameType: TEXT } },
    { name: "CryptographicUsageMask", value: maskOfUsage(key.usage) },
  ];
  const payload = { objectType: ENUM.ObjectType[object.type], attributes, object };
  const item = { operation: "Register", payload } as unknown as RequestItem;
  return `${writeXml(writeRequest({ version: VERSION, header: {}, items: [item] }))}\n`;
}

function objectOf({ type, algorithm }: ExportedKey, material: Buffer): ManagedObject {
  const { KeyFormatType, SecretDataType } = ENUM;
  if (type === "secret-data") {
    const keyBlock = { keyFormatType: KeyFormatType.Opaque, keyValue: { material } };
    return { type: "SecretData", secretDataType: SecretDataType.Password, keyBlock } as ManagedObject;
  }
  const named = kmipAlgorithm(algorithm ?? null);
  if (named === null) throw new TransferError("E_KEY_FILE", `KMIP 1.4 has no keys of ${algorithm ?? type}.`);
  const isPrivate = type === "private-key";
  const keyBlock = {
    keyFormatType: isPrivate ? KeyFormatType.PKCS_8 : KeyFormatType.Raw,
    keyValue: { material },
    cryptographicAlgorithm: named.algorithm,
    cryptographicLength: isPrivate ? privateBits(material) : material.length * 8,
  };
  return { type: isPrivate ? "PrivateKey" : "SymmetricKey", keyBlock } as ManagedObject;
}

const CURVE_BITS: Readonly<Record<string, number>> = {
  prime256v1: 256,
  secp384r1: 384,
  secp521r1: 521,
  secp256k1: 256,
};

function privateBits(material: Buffer): number {
  const { asymmetricKeyDetails: details = {} } = createPrivateKey({ key: material, format: "der", type: "pkcs8" });
  return details.modulusLength ?? CURVE_BITS[details.namedCurve ?? ""] ?? 256;
}
