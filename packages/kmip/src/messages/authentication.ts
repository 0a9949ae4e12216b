import { ticket } from "../attributes/structures.ts";
import { KmipError } from "../errors.ts";
import type { Codec, ValueOf } from "../fields/codec.ts";
import { optional, required, someOf } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { anyItem, bytes, dateTime, enumeration, text, wrongType } from "../fields/values.ts";
import { ENUM } from "../tags/enumeration-table.ts";
import { TAG } from "../tags/tag-table.ts";
import { type Ttlv, TYPE } from "../ttlv/ttlv.ts";

/** A value that a server gave the client, to be attested with. @see KMIP 1.4 section 2.1.14 */
export const nonce = struct({ nonceId: required(TAG.NonceID, bytes), nonceValue: required(TAG.NonceValue, bytes) });

const VALUES = {
  UsernameAndPassword: struct({
    username: required(TAG.Username, text),
    password: optional(TAG.Password, text),
  }),
  Device: struct({
    deviceSerialNumber: optional(TAG.DeviceSerialNumber, text),
    password: optional(TAG.Password, text),
    deviceIdentifier: optional(TAG.DeviceIdentifier, text),
    networkIdentifier: optional(TAG.NetworkIdentifier, text),
    machineIdentifier: optional(TAG.MachineIdentifier, text),
    mediaIdentifier: optional(TAG.MediaIdentifier, text),
  }),
  Attestation: struct({
    nonce: required(TAG.Nonce, nonce),
    attestationType: required(TAG.AttestationType, enumeration),
    attestationMeasurement: optional(TAG.AttestationMeasurement, bytes),
    attestationAssertion: optional(TAG.AttestationAssertion, bytes),
  }),
  OneTimePassword: struct({
    username: required(TAG.Username, text),
    password: optional(TAG.Password, text),
    oneTimePassword: required(TAG.OneTimePassword, text),
  }),
  HashedPassword: struct({
    username: required(TAG.Username, text),
    timeStamp: required(TAG.TimeStamp, dateTime),
    hashingAlgorithm: optional(TAG.HashingAlgorithm, enumeration),
    hashedPassword: required(TAG.HashedPassword, bytes),
  }),
  Ticket: struct({ ticket: required(TAG.Ticket, ticket) }),
} as const;

type CredentialType = keyof typeof VALUES;

/**
 * What a client says it is, beside its certificate. A credential of another type keeps its value as it came.
 *
 * @see KMIP 1.4 section 2.1.2, KMIP 2.1 section 7.8
 */
export type Credential =
  | { [T in CredentialType]: { readonly type: T; readonly value: ValueOf<(typeof VALUES)[T]> } }[CredentialType]
  | { readonly type: "Other"; readonly credentialType: number; readonly value: Ttlv };

/** FortiGate writes its credential type as an Integer. */
const looseEnumeration: Codec<number> = {
  ...enumeration,
  read: (item, context) => (item.type === TYPE.Integer ? item.value >>> 0 : enumeration.read(item, context)),
};

const typeNames = Object.keys(VALUES) as CredentialType[];

const fields = struct({
  credentialType: required(TAG.CredentialType, looseEnumeration),
  credentialValue: required(TAG.CredentialValue, anyItem),
});

const credential: Codec<Credential> = {
  read: (item, context) => {
    const { credentialType, credentialValue } = fields.read(item, context);
    const type = typeNames.find((name) => ENUM.CredentialType[name] === credentialType);
    if (!type) return { type: "Other", credentialType, value: credentialValue };
    if (credentialValue.type !== TYPE.Structure) wrongType(credentialValue);
    return { type, value: VALUES[type].read(credentialValue, context) } as Credential;
  },
  write: (tag, { type, value, ...rest }, version) => {
    if (type !== "Other") {
      const codec = VALUES[type] as Codec<unknown>;
      const credentialValue = codec.write(TAG.CredentialValue, value, version);
      return fields.write(tag, { credentialType: ENUM.CredentialType[type], credentialValue }, version);
    }
    if (!("credentialType" in rest)) throw new KmipError("E_KMIP_ENCODE", "a credential has no type");
    return fields.write(tag, { credentialType: rest.credentialType, credentialValue: value }, version);
  },
};

/** One credential, or (1.2 on) several. @see KMIP 1.4 section 6.6 */
export const authentication = struct({ credential: someOf(TAG.Credential, credential) });
