import type { SplitMethod } from "@holdfast/crypto";
import { type Attribute, ENUM, findAttribute } from "@holdfast/kmip";
import type { KeyRecord } from "../../../keystore/records.ts";
import type { Joined, Joining } from "../../../operations/split-object.ts";
import { instancesIn } from "../attributes/bag.ts";
import { doorAlgorithm } from "../attributes/key-algorithms.ts";
import { materialFormat } from "../attributes/key-formats.ts";
import { settingsOf } from "../attributes/object-settings.ts";
import { withTemplates } from "../attributes/templates.ts";
import { keepNewObject } from "../keep-new-object.ts";
import type { KmipContext } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import { withDefaults } from "../rules/with-defaults.ts";
import { splitFacts, splitMethod } from "../split-attributes.ts";
import type { KmipOperation } from "./kmip-operation.ts";

const T = ENUM.ObjectType;

/** Makes an object of the parts of a split key. @see KMIP 2.1 section 6.1.28 */
export const joinSplitKey: KmipOperation<"JoinSplitKey"> = async (context, payload) => {
  const attributes = withDefaults(context, payload.objectType, withTemplates(context, payload.attributes ?? []));
  const names = payload.uniqueIdentifier.map((each) => context.object(each).name);
  const asked = { objectType: payload.objectType, secretDataType: payload.secretDataType, attributes };
  const made = await context.operations.joinObject(context.caller, names, (parts) => joiningOf(context, parts, asked));
  return { uniqueIdentifier: keepNewObject(context, "JoinSplitKey", made) };
};

interface Asked {
  readonly objectType: number;
  readonly secretDataType: number | undefined;
  readonly attributes: readonly Attribute[];
}

/** How the parts belong together: all must say the same, and there must be enough of them. @throws KmipRefusedError */
function joiningOf(context: KmipContext, parts: readonly KeyRecord[], asked: Asked): Joining {
  const facts = parts.map(({ attributes }) => splitFacts(attributes));
  const [first] = facts;
  const [part] = parts;
  if (first === undefined || part === undefined) refuse("InvalidField", "No parts are named.");
  const same = facts.every(
    (each) =>
      each.splitKeyMethod === first.splitKeyMethod &&
      each.splitKeyThreshold === first.splitKeyThreshold &&
      each.splitKeyParts === first.splitKeyParts &&
      each.primeFieldSize === first.primeFieldSize,
  );
  if (!same || parts.some(({ algorithm, bits }) => algorithm !== part.algorithm || bits !== part.bits))
    refuse("CryptographicFailure", "The parts are not of one key.");
  if (parts.length < first.splitKeyThreshold) refuse("CryptographicFailure", "There are not enough parts.");
  const how: SplitMethod = splitMethod(
    first.splitKeyMethod,
    first.primeFieldSize === undefined ? undefined : Buffer.from(first.primeFieldSize, "base64"),
  );
  const object = joinedOf(context, part, asked);
  const said = instancesIn(part.attributes, { name: "KeyFormatType" })[0]?.value as number | undefined;
  const format = materialFormat(said ?? ENUM.KeyFormatType.Raw, object.type);
  if (format === null) refuse("KeyFormatTypeNotSupported", "The parts have a form that is not joined.");
  if (how.method === "prime" && format !== "raw")
    refuse("FeatureNotSupported", "Keys of a private key's form are not joined in a prime field.");
  return {
    how,
    format,
    bytes: (object.bits ?? part.bits ?? 0) / 8,
    indexes: facts.map((each) => each.keyPartIdentifier),
    object,
  };
}

/** What shall come of them: as the parts are, unless the request says otherwise. */
function joinedOf(context: KmipContext, part: KeyRecord, { objectType, secretDataType, attributes }: Asked): Joined {
  const settings = settingsOf(context, attributes);
  const algorithm = findAttribute(attributes, "CryptographicAlgorithm");
  const length = findAttribute(attributes, "CryptographicLength") ?? part.bits ?? undefined;
  const curve = findAttribute(attributes, "CryptographicDomainParameters")?.recommendedCurve;
  const sized = length === undefined ? {} : { bits: length };
  if (objectType === T.SecretData) {
    const bag = { ...settings.attributes, "kmip-secret-data-type": secretDataType ?? ENUM.SecretDataType.Seed };
    return { ...settings, type: "secret-data", algorithm: null, ...sized, attributes: bag };
  }
  const named =
    algorithm === undefined ? { algorithm: part.algorithm, ...sized } : doorAlgorithm({ algorithm, length, curve });
  if (objectType === T.SymmetricKey) return { ...settings, type: "symmetric-key", ...named };
  if (objectType === T.PrivateKey) return { ...settings, type: "private-key", ...named };
  return refuse("InvalidObjectType", "Keys and secret data are joined.");
}
