import { type Attribute, ENUM, findAttribute, type KeyBlock, type ManagedObject } from "@holdfast/kmip";
import type { AttributeBag, ObjectType } from "../../../keystore/records.ts";
import type { Registration } from "../../../operations/new-object.ts";
import { withInstances } from "../attributes/bag.ts";
import { certificateBag } from "../attributes/certificate-attributes.ts";
import { ALGORITHM_SAID, doorAlgorithm, saidOf } from "../attributes/key-algorithms.ts";
import { assertQuantumSafe, settingsOf } from "../attributes/object-settings.ts";
import { objectTypeNumbered, REQUEST_TYPE } from "../attributes/object-types.ts";
import { templateBag, withTemplates } from "../attributes/templates.ts";
import { keepNewObject } from "../keep-new-object.ts";
import { type ReadMaterial, readMaterial } from "../key-material.ts";
import { readWrapped } from "../key-wrapping.ts";
import type { KmipContext } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import { withDefaults } from "../rules/with-defaults.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Takes in an object that exists already. @see KMIP 2.1 section 6.1.41 */
export const register: KmipOperation<"Register"> = async (context, payload) => {
  const registration = registrationOf(context, payload);
  const made = await context.operations.registerObject(context.caller, registration);
  return { uniqueIdentifier: keepNewObject(context, "Register", made) };
};

/**
 * An object of a request, in the door's terms.
 *
 * @throws KmipRefusedError for an object that is not of the type stated, or not kept here
 */
export function registrationOf(
  context: KmipContext,
  payload: { readonly objectType: number; readonly attributes: readonly Attribute[]; readonly object: ManagedObject },
): Registration {
  const type = objectTypeNumbered(payload.objectType);
  const { object } = payload;
  if (ENUM.ObjectType[object.type] !== payload.objectType)
    refuse("InvalidField", "The object is not of the Object Type stated.");
  const inside = "keyBlock" in object ? insideOf(object.keyBlock) : [];
  const said = withTemplates(context, [...payload.attributes, ...inside]);
  const attributes = withDefaults(context, payload.objectType, said);
  const settings = settingsOf(context, attributes);
  const taken = take(context, { type, object, attributes });
  const { bag, ...rest } = taken;
  return { ...settings, ...rest, type, attributes: { ...settings.attributes, ...bag } };
}

/** Attributes that travel inside a key block. @see KMIP 1.4 section 2.1.4 (Key Value) */
function insideOf({ keyValue }: KeyBlock): readonly Attribute[] {
  return keyValue !== undefined && keyValue.wrapped === undefined ? (keyValue.attributes ?? []) : [];
}

interface Taken extends Pick<Registration, "algorithm" | "bits" | "material"> {
  readonly bag: AttributeBag;
}

interface Asked {
  readonly type: ObjectType;
  readonly object: ManagedObject;
  readonly attributes: readonly Attribute[];
}

function take(context: KmipContext, asked: Asked): Taken {
  const { object } = asked;
  switch (object.type) {
    case "OpaqueObject":
      return {
        algorithm: null,
        material: { format: "raw", bytes: someBytes(object.opaqueDataValue) },
        bag: withInstances({}, { name: "OpaqueDataType" }, [{ index: 0, value: object.opaqueDataType }]),
      };
    case "Certificate":
      return certificate(object);
    case "Template":
      return {
        algorithm: null,
        material: { format: "raw", bytes: Buffer.from("template") },
        bag: templateBag(object.attributes),
      };
    case "SecretData":
      return { ...key(context, asked, object.keyBlock), ...{ algorithm: null }, bag: secretBag(asked, object) };
    case "CertificateRequest":
      return {
        algorithm: null,
        material: { format: "raw", bytes: someBytes(object.certificateRequestValue) },
        bag: { [REQUEST_TYPE]: object.certificateRequestType },
      };
    case "SplitKey":
      return { ...key(context, asked, object.keyBlock), bag: splitBag(object) };
    case "PGPKey":
    case "SymmetricKey":
    case "PublicKey":
    case "PrivateKey":
      return key(context, asked, object.keyBlock);
  }
}

function key(context: KmipContext, { type, attributes }: Asked, keyBlock: KeyBlock): Taken {
  const { material, bits, curve }: ReadMaterial =
    keyBlock.keyWrappingData === undefined
      ? readMaterial(keyBlock, type)
      : { material: readWrapped(context, keyBlock, type) };
  const algorithm = keyBlock.cryptographicAlgorithm ?? findAttribute(attributes, "CryptographicAlgorithm");
  const stated = keyBlock.cryptographicLength ?? findAttribute(attributes, "CryptographicLength");
  assertAgreed(attributes, { cryptographicAlgorithm: algorithm, cryptographicLength: stated });
  const domain = findAttribute(attributes, "CryptographicDomainParameters")?.recommendedCurve;
  const bag = withInstances({}, { name: "KeyFormatType" }, [{ index: 0, value: keyBlock.keyFormatType }]);
  const isKey = type === "symmetric-key" || type === "public-key" || type === "private-key";
  if (algorithm === undefined) {
    if (isKey) refuse("InvalidField", "A key needs a Cryptographic Algorithm.");
    return { algorithm: null, material, bag };
  }
  const door = doorAlgorithm({ algorithm, length: stated ?? bits, curve: curve ?? domain });
  assertQuantumSafe(attributes, door);
  return { ...door, material, bag: { ...bag, ...saidOf({ algorithm, length: stated }) } };
}

/** What an attribute says must be what the key block says. */
function assertAgreed(
  attributes: readonly Attribute[],
  block: Pick<KeyBlock, "cryptographicAlgorithm" | "cryptographicLength">,
): void {
  const algorithm = findAttribute(attributes, "CryptographicAlgorithm") ?? block.cryptographicAlgorithm;
  const length = findAttribute(attributes, "CryptographicLength") ?? block.cryptographicLength;
  if (algorithm !== block.cryptographicAlgorithm || length !== block.cryptographicLength)
    refuse("InvalidField", "Attributes and key block do not say the same of the key.");
}

function certificate({ certificateType, certificateValue }: ManagedObject<"Certificate">): Taken {
  const bytes = someBytes(certificateValue);
  const { bag, format } = certificateBag(certificateType, bytes);
  return { algorithm: null, material: { format, bytes }, bag };
}

function secretBag({ attributes }: Asked, { secretDataType, keyBlock }: ManagedObject<"SecretData">): AttributeBag {
  const format = withInstances({}, { name: "KeyFormatType" }, [{ index: 0, value: keyBlock.keyFormatType }]);
  const algorithm = keyBlock.cryptographicAlgorithm ?? findAttribute(attributes, "CryptographicAlgorithm");
  const said = { ...format, "kmip-secret-data-type": secretDataType };
  return algorithm === undefined ? said : { ...said, [ALGORITHM_SAID]: algorithm };
}

function splitBag(object: ManagedObject<"SplitKey">): AttributeBag {
  const { splitKeyParts, keyPartIdentifier, splitKeyThreshold, splitKeyMethod, primeFieldSize, keyBlock } = object;
  const format = withInstances({}, { name: "KeyFormatType" }, [{ index: 0, value: keyBlock.keyFormatType }]);
  const prime: AttributeBag =
    primeFieldSize === undefined ? {} : { primeFieldSize: Buffer.from(primeFieldSize).toString("base64") };
  return { ...format, "kmip-split": { splitKeyParts, keyPartIdentifier, splitKeyThreshold, splitKeyMethod, ...prime } };
}

function someBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength === 0) refuse("InvalidField", "The object is empty.");
  return bytes.slice();
}
