import { rngParameters } from "../attributes/structures.ts";
import { optional, repeated, required, someOf } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { boolean, enumeration, integer, items, listOf, text } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";
import { hasTag } from "../tags/versions.ts";
import { defaultsInformation } from "./defaults-information.ts";
import { operation } from "./operation.ts";

const extensionInformation = struct({
  extensionName: required(TAG.ExtensionName, text),
  extensionTag: optional(TAG.ExtensionTag, integer),
  extensionType: optional(TAG.ExtensionType, integer),
  extensionEnumeration: optional(TAG.ExtensionEnumeration, integer, { since: "2.0" }),
  extensionAttribute: optional(TAG.ExtensionAttribute, boolean, { since: "2.0" }),
  extensionParentStructureTag: optional(TAG.ExtensionParentStructureTag, integer, { since: "2.0" }),
  extensionDescription: optional(TAG.ExtensionDescription, text, { since: "2.0" }),
});

const profileVersion = struct({
  profileVersionMajor: required(TAG.ProfileVersionMajor, integer),
  profileVersionMinor: required(TAG.ProfileVersionMinor, integer),
});

const profileInformation = struct({
  profileName: required(TAG.ProfileName, enumeration),
  profileVersion: optional(TAG.ProfileVersion, profileVersion, { since: "2.0" }),
  serverUri: optional(TAG.ServerURI, text),
  serverPort: optional(TAG.ServerPort, integer),
});

const validationInformation = struct({
  validationAuthorityType: required(TAG.ValidationAuthorityType, enumeration),
  validationAuthorityCountry: optional(TAG.ValidationAuthorityCountry, text),
  validationAuthorityUri: optional(TAG.ValidationAuthorityURI, text),
  validationVersionMajor: required(TAG.ValidationVersionMajor, integer),
  validationVersionMinor: optional(TAG.ValidationVersionMinor, integer),
  validationType: required(TAG.ValidationType, enumeration),
  validationLevel: required(TAG.ValidationLevel, integer),
  validationCertificateIdentifier: optional(TAG.ValidationCertificateIdentifier, text),
  validationCertificateUri: optional(TAG.ValidationCertificateURI, text),
  validationVendorUri: optional(TAG.ValidationVendorURI, text),
  validationProfile: repeated(TAG.ValidationProfile, text),
});

const capabilityInformation = struct({
  streamingCapability: optional(TAG.StreamingCapability, boolean),
  asynchronousCapability: optional(TAG.AsynchronousCapability, boolean),
  attestationCapability: optional(TAG.AttestationCapability, boolean),
  batchUndoCapability: optional(TAG.BatchUndoCapability, boolean, { since: "1.4" }),
  batchContinueCapability: optional(TAG.BatchContinueCapability, boolean, { since: "1.4" }),
  unwrapMode: optional(TAG.UnwrapMode, enumeration),
  destroyAction: optional(TAG.DestroyAction, enumeration),
  shreddingAlgorithm: optional(TAG.ShreddingAlgorithm, enumeration),
  rngMode: optional(TAG.RNGMode, enumeration),
  quantumSafeCapability: optional(TAG.QuantumSafeCapability, boolean, { since: "2.0" }),
});

/** What a server says of itself: any fields in 1.x, from 2.0 on also those the specification names. */
const serverInformation: typeof items = {
  ...items,
  write: (tag, value, version) =>
    items.write(
      tag,
      value.filter((item) => hasTag(version, item.tag)),
      version,
    ),
};

/**
 * Says what the server can do, and who made it.
 *
 * @see KMIP 1.4 section 4.25
 */
export const query = operation(
  { queryFunction: someOf(TAG.QueryFunction, enumeration) },
  {
    operation: repeated(TAG.Operation, enumeration),
    objectType: repeated(TAG.ObjectType, enumeration),
    vendorIdentification: optional(TAG.VendorIdentification, text),
    serverInformation: optional(TAG.ServerInformation, serverInformation),
    applicationNamespace: repeated(TAG.ApplicationNamespace, text),
    extensionInformation: repeated(TAG.ExtensionInformation, extensionInformation, { since: "1.1" }),
    attestationType: repeated(TAG.AttestationType, enumeration, { since: "1.2" }),
    rngParameters: repeated(TAG.RNGParameters, rngParameters, { since: "1.3" }),
    profileInformation: repeated(TAG.ProfileInformation, profileInformation, { since: "1.3" }),
    validationInformation: repeated(TAG.ValidationInformation, validationInformation, { since: "1.3" }),
    capabilityInformation: repeated(TAG.CapabilityInformation, capabilityInformation, { since: "1.3" }),
    clientRegistrationMethod: repeated(TAG.ClientRegistrationMethod, enumeration, { since: "1.3" }),
    defaultsInformation: optional(TAG.DefaultsInformation, defaultsInformation, { since: "2.0" }),
    protectionStorageMasks: optional(TAG.ProtectionStorageMasks, listOf(TAG.ProtectionStorageMask, integer), {
      since: "2.0",
    }),
  },
);
