import type { DeriveParams, HashAlgorithm } from "@holdfast/crypto";
import { type Attribute, ENUM, findAttribute, type RequestPayload } from "@holdfast/kmip";
import type { Derived } from "../../../operations/derive-object.ts";
import type { ObjectView } from "../../../operations/object-view.ts";
import type { ParametersOf } from "../../../operations/use-object.ts";
import { doorAlgorithm } from "../attributes/key-algorithms.ts";
import { settingsOf } from "../attributes/object-settings.ts";
import { withTemplates } from "../attributes/templates.ts";
import { encryptionParameters } from "../cryptography/cipher-parameters.ts";
import { givenParameters } from "../cryptography/given-parameters.ts";
import { hashAlgorithm, hashOfHmac } from "../cryptography/hash-algorithms.ts";
import { keepNewObject } from "../keep-new-object.ts";
import type { KmipContext } from "../kmip-context.ts";
import { refuse, refuseValue } from "../refused.ts";
import { withDefaults } from "../rules/with-defaults.ts";
import type { KmipOperation } from "./kmip-operation.ts";

type Request = RequestPayload<"DeriveKey">;

const M = ENUM.DerivationMethod;
const T = ENUM.ObjectType;

/** Derives a key or secret data from a key or from secret data. @see KMIP 2.1 section 6.1.17 */
export const deriveKey: KmipOperation<"DeriveKey"> = async (context, payload) => {
  const { objectType } = payload;
  const attributes = withDefaults(context, objectType, withTemplates(context, payload.attributes));
  const object = derivedOf(context, objectType, attributes);
  const made = await derive(context, payload, object);
  return { uniqueIdentifier: keepNewObject(context, "DeriveKey", made) };
};

function derive(context: KmipContext, payload: Request, object: Derived): Promise<ObjectView> {
  const { operations, caller } = context;
  const [first, second, ...more] = payload.uniqueIdentifier;
  const base = { name: context.object(first).name };
  if (more.length > 0) refuse("InvalidField", "A key is derived from at most two objects.");
  if (payload.derivationMethod === M.AsymmetricKey) {
    if (second === undefined) refuse("InvalidField", "An agreement needs a private and a public key.");
    const peer = { name: context.object(second).name };
    return operations.agreeObject(caller, base, { peer, object, ...derivationOf(payload) });
  }
  if (second === undefined)
    return operations.deriveObject(caller, base, { params: (key) => parametersOf(payload, key), object });
  const { derivationParameters } = payload;
  if (derivationParameters.derivationData !== undefined)
    refuse("InvalidMessage", "Derivation Data are given both in the request and by an object.");
  const asked = { ...payload, derivationParameters: { ...derivationParameters, derivationData: IN_OBJECT } };
  const data = { name: context.object(second).name };
  return operations.deriveObject(caller, base, { params: (key) => parametersOf(asked, key), object, data });
}

/** Stands for data that an object has. */
const IN_OBJECT = new Uint8Array(0);

/** What shall come of it. */
function derivedOf(context: KmipContext, objectType: number, attributes: readonly Attribute[]): Derived {
  const length = findAttribute(attributes, "CryptographicLength");
  const algorithm = findAttribute(attributes, "CryptographicAlgorithm");
  const leavesAsBase = findAttribute(attributes, "Extractable") === undefined;
  const settings = { ...settingsOf(context, attributes), leavesAsBase };
  const bits = length === undefined ? {} : { bits: length };
  if (objectType === T.SecretData) {
    if (length === undefined) refuse("InvalidField", "Derived secret data need a Cryptographic Length.");
    const bag = { ...settings.attributes, "kmip-secret-data-type": ENUM.SecretDataType.Seed };
    return { ...settings, type: "secret-data", algorithm: null, ...bits, attributes: bag };
  }
  if (objectType !== T.SymmetricKey) refuse("InvalidObjectType", "Symmetric keys and secret data are derived.");
  if (algorithm === undefined) refuse("InvalidField", "A key needs a Cryptographic Algorithm.");
  return { ...settings, type: "symmetric-key", ...doorAlgorithm({ algorithm, length }) };
}

/** What is derived from the secret of an agreement; without a hash function it is the secret itself. */
function derivationOf({ derivationParameters }: Request): {
  readonly derivation?: Extract<DeriveParams, { method: "HKDF" }>;
} {
  const { cryptographicParameters, salt, derivationData } = derivationParameters;
  if (cryptographicParameters?.hashingAlgorithm === undefined) return {};
  const hash = hashAlgorithm(cryptographicParameters.hashingAlgorithm);
  const said = { ...(salt && { salt }), ...(derivationData && { info: derivationData }) };
  return { derivation: { method: "HKDF", hash, ...said } };
}

/** The derivation in the door's words. @see KMIP 2.1 section 7.9 (Derivation Parameters) */
function parametersOf(payload: Request, key: ParametersOf): DeriveParams {
  const { derivationMethod, derivationParameters } = payload;
  const {
    cryptographicParameters: given,
    derivationData,
    salt,
    iterationCount,
    initializationVector,
  } = derivationParameters;
  const data = () => derivationData ?? refuse("InvalidField", "The derivation needs Derivation Data.");
  switch (derivationMethod) {
    case M.PBKDF2:
      return {
        method: "PBKDF2",
        hash: hashFor(payload, key),
        salt: salt ?? refuse("InvalidField", "The derivation needs a Salt."),
        iterations: iterationCount ?? refuse("InvalidField", "The derivation needs an Iteration Count."),
      };
    case M.HKDF:
      return {
        method: "HKDF",
        hash: hashFor(payload, key),
        ...(salt && { salt }),
        ...(derivationData && { info: derivationData }),
      };
    case M.HASH:
      if (derivationData !== undefined)
        refuse("FeatureNotSupported", "A hash is taken of the key and of nothing else.");
      return { method: "HASH", hash: hashFor(payload, key) };
    case M.HMAC:
      return { method: "HMAC", hash: hashFor(payload, key), data: data() };
    case M.ENCRYPT:
      return {
        method: "ENCRYPT",
        cipher: encryptionParameters({ given, iv: initializationVector, aad: undefined }, key),
        data: data(),
      };
    case M.NIST800_108_C:
      return { ...sp800108(payload, key), mode: "counter", fixed: data() };
    case M.NIST800_108_F:
      return {
        ...sp800108(payload, key),
        mode: "feedback",
        fixed: data(),
        ...(initializationVector && { iv: initializationVector }),
      };
    case M.NIST800_108_DPI:
      return { ...sp800108(payload, key), mode: "double-pipeline", fixed: data() };
    default:
      return refuseValue("DerivationMethod", derivationMethod);
  }
}

/** HMAC where a hash function is named or the key is one of HMAC or secret data; else the cipher's CMAC. */
function sp800108(payload: Request, key: ParametersOf) {
  const hash = namedHash(payload, key);
  const cipher = key.algorithm?.startsWith("AES-") === true || key.algorithm === "3DES";
  return hash === undefined && cipher
    ? ({ method: "SP800-108", prf: "CMAC" } as const)
    : ({ method: "SP800-108", prf: "HMAC", hash: hash ?? "SHA-256" } as const);
}

function hashFor(payload: Request, key: ParametersOf): HashAlgorithm {
  return namedHash(payload, key) ?? "SHA-256";
}

function namedHash({ derivationParameters }: Request, { attributes }: ParametersOf): HashAlgorithm | undefined {
  const { hashingAlgorithm, cryptographicAlgorithm } = givenParameters(
    derivationParameters.cryptographicParameters,
    attributes,
  );
  return hashingAlgorithm === undefined ? hashOfHmac(cryptographicAlgorithm) : hashAlgorithm(hashingAlgorithm);
}
