import type { Attribute } from "../attributes/attribute.ts";
import type { OperationName, RequestPayload, ResponsePayload } from "../payloads/operations.ts";
import { ENUM } from "../tags/enumeration-table.ts";
import { TAG } from "../tags/tag-table.ts";
import { TYPE } from "../ttlv/ttlv.ts";

const id = "k1";
const bytes = Buffer.from("0001020304050607", "hex");
const attributes: readonly Attribute[] = [{ name: "CryptographicLength", value: 256 }];
const attribute: Attribute = { name: "ContactInformation", value: "me" };
const own = { uniqueIdentifier: id };
const pair = { privateKeyUniqueIdentifier: "k1", publicKeyUniqueIdentifier: "k2" };
const cryptographicParameters = { blockCipherMode: ENUM.BlockCipherMode.GCM };
const objectType = ENUM.ObjectType.SymmetricKey;
const object = {
  type: "SymmetricKey",
  keyBlock: { keyFormatType: ENUM.KeyFormatType.Raw, keyValue: { material: bytes }, cryptographicAlgorithm: 3 },
} as const;
const certificate = { certificateType: ENUM.CertificateType.X_509, certificateValue: bytes };
const ticket = { ticketType: ENUM.TicketType.Login, ticketValue: bytes };
const usageLimits = { usageLimitsTotal: 10n, usageLimitsUnit: ENUM.UsageLimitsUnit.Byte };
const split = {
  splitKeyParts: 3,
  splitKeyThreshold: 2,
  splitKeyMethod: ENUM.SplitKeyMethod.PolynomialSharingPrimeField,
  primeFieldSize: bytes,
};
const stream = { data: bytes, correlationValue: bytes, initIndicator: true, finalIndicator: false };
const later = { asynchronousCorrelationValue: bytes };
const constraints = [{ objectTypes: [objectType], objectGroups: ["g"], attributes }];
const reference = { name: "ContactInformation" } as const;
const aead = { authenticatedEncryptionAdditionalData: bytes };
const tagged = { authenticatedEncryptionTag: bytes };

/** A request and a response of every operation, with most of their fields, in the form of the newest version. */
export const SAMPLES: { readonly [O in OperationName]: readonly [RequestPayload<O>, ResponsePayload<O>] } = {
  Create: [
    { objectType, attributes, protectionStorageMasks: [1, 2] },
    { objectType, ...own },
  ],
  CreateKeyPair: [{ commonAttributes: attributes, privateKeyAttributes: [], privateProtectionStorageMasks: [1] }, pair],
  Register: [{ objectType, attributes, object }, own],
  ReKey: [{ ...own, offset: 60, attributes }, own],
  ReKeyKeyPair: [{ privateKeyUniqueIdentifier: id, offset: 60, publicKeyAttributes: attributes }, pair],
  DeriveKey: [
    {
      objectType,
      uniqueIdentifier: ["k1", "k2"],
      derivationMethod: ENUM.DerivationMethod.PBKDF2,
      derivationParameters: { cryptographicParameters, initializationVector: bytes, salt: bytes, iterationCount: 9 },
      attributes,
    },
    own,
  ],
  Certify: [{ ...own, certificateRequestType: 2, certificateRequest: bytes, attributes }, own],
  ReCertify: [{ ...own, certificateRequestType: 2, certificateRequest: bytes, offset: 1 }, own],
  Locate: [
    { maximumItems: 1, offsetItems: 2, storageStatusMask: 1, attributes },
    { locatedItems: 1, uniqueIdentifier: [id] },
  ],
  Check: [
    { ...own, usageLimitsCount: 5n, cryptographicUsageMask: 4, leaseTime: 60 },
    { ...own, leaseTime: 60 },
  ],
  Get: [
    {
      ...own,
      keyFormatType: ENUM.KeyFormatType.Raw,
      keyWrapType: ENUM.KeyWrapType.NotWrapped,
      keyWrappingSpecification: {
        wrappingMethod: ENUM.WrappingMethod.Encrypt,
        encryptionKeyInformation: { uniqueIdentifier: "k2", cryptographicParameters },
        attributeNames: [{ name: "CryptographicUsageMask" }],
      },
    },
    { objectType, ...own, object },
  ],
  GetAttributes: [
    { ...own, attributeReferences: [reference, { vendor: "x", label: "a" }] },
    { ...own, attributes },
  ],
  GetAttributeList: [own, { ...own, attributeReferences: [reference] }],
  AddAttribute: [
    { ...own, attribute },
    { ...own, attribute },
  ],
  ModifyAttribute: [
    { ...own, currentAttribute: attribute, attribute },
    { ...own, attribute },
  ],
  SetAttribute: [{ ...own, attribute }, own],
  DeleteAttribute: [
    { ...own, attributeReference: reference },
    { ...own, attribute },
  ],
  AdjustAttribute: [
    {
      ...own,
      attributeReference: { name: "CryptographicLength" },
      adjustmentType: ENUM.AdjustmentType.Increment,
      adjustmentValue: { tag: TAG.AdjustmentValue, type: TYPE.Integer, value: 8 },
    },
    own,
  ],
  ObtainLease: [own, { ...own, leaseTime: 60, lastChangeDate: 1 }],
  GetUsageAllocation: [{ ...own, usageLimitsCount: 3n }, own],
  Activate: [own, own],
  Revoke: [
    {
      ...own,
      revocationReason: { revocationReasonCode: ENUM.RevocationReasonCode.KeyCompromise, revocationMessage: "m" },
      compromiseOccurrenceDate: 6,
    },
    own,
  ],
  Destroy: [own, own],
  Archive: [own, own],
  Recover: [own, own],
  Validate: [
    { certificate: [certificate, certificate], uniqueIdentifier: [id], validityDate: 1 },
    { validityIndicator: 1 },
  ],
  Query: [
    { queryFunction: [1, 2, 3] },
    {
      operation: [1, 2],
      objectType: [2],
      vendorIdentification: "v",
      serverInformation: [{ tag: TAG.ServerName, type: TYPE.TextString, value: "s" }],
      extensionInformation: [{ extensionName: "e", extensionTag: 0x540001, extensionType: 7 }],
      rngParameters: [{ rngAlgorithm: ENUM.RNGAlgorithm.DRBG, drbgAlgorithm: ENUM.DRBGAlgorithm.CTR }],
      profileInformation: [{ profileName: 1, profileVersion: { profileVersionMajor: 2, profileVersionMinor: 1 } }],
      validationInformation: [
        {
          validationAuthorityType: 2,
          validationVersionMajor: 3,
          validationType: 3,
          validationLevel: 1,
          validationProfile: ["p"],
        },
      ],
      capabilityInformation: [{ streamingCapability: true, quantumSafeCapability: false }],
      defaultsInformation: [{ objectType: [objectType], attributes }],
      protectionStorageMasks: [1],
    },
  ],
  DiscoverVersions: [{ protocolVersion: [{ major: 1, minor: 4 }] }, { protocolVersion: [{ major: 1, minor: 4 }] }],
  Cancel: [later, { ...later, cancellationResult: 1 }],
  Poll: [later, {}],
  Process: [later, {}],
  Encrypt: [
    { ...own, cryptographicParameters, ivCounterNonce: bytes, ...stream, ...aead },
    { ...own, data: bytes, ivCounterNonce: bytes, correlationValue: bytes, ...tagged },
  ],
  Decrypt: [
    { ...own, cryptographicParameters, ivCounterNonce: bytes, ...stream, ...aead, ...tagged },
    { ...own, data: bytes },
  ],
  Sign: [
    { ...own, cryptographicParameters, digestedData: bytes, ...stream },
    { ...own, signatureData: bytes },
  ],
  SignatureVerify: [
    { ...own, signatureData: bytes, ...stream },
    { ...own, validityIndicator: 1, data: bytes },
  ],
  MAC: [
    { ...own, ...stream },
    { ...own, macData: bytes },
  ],
  MACVerify: [
    { ...own, macData: bytes, ...stream },
    { ...own, validityIndicator: 2 },
  ],
  RNGRetrieve: [{ dataLength: 32 }, { data: bytes }],
  RNGSeed: [{ data: bytes }, { dataLength: 8 }],
  Hash: [{ cryptographicParameters: { hashingAlgorithm: 6 }, ...stream }, { data: bytes }],
  CreateSplitKey: [{ objectType, ...own, ...split, attributes }, { uniqueIdentifier: ["k2", "k3"] }],
  JoinSplitKey: [{ objectType, uniqueIdentifier: ["k2", "k3"], secretDataType: 1, attributes }, own],
  Export: [
    { ...own, keyWrapType: ENUM.KeyWrapType.AsRegistered },
    { objectType, ...own, attributes, object },
  ],
  Import: [{ ...own, objectType, replaceExisting: true, attributes, object }, own],
  Notify: [{ ...own, attributes }, {}],
  Put: [{ ...own, putFunction: ENUM.PutFunction.Replace, replacedUniqueIdentifier: "k0", object, attributes }, {}],
  Log: [{ logMessage: "m" }, {}],
  Login: [{ leaseTime: 60, requestCount: 5, usageLimits }, { ticket }],
  Logout: [{ ticket }, {}],
  DelegatedLogin: [
    { leaseTime: 60, rights: [{ usageLimits, operations: [1], objects: [id], objectGroups: ["g"] }] },
    { ticket },
  ],
  SetEndpointRole: [{ endpointRole: ENUM.EndpointRole.Server }, { endpointRole: ENUM.EndpointRole.Server }],
  Interop: [{ interopFunction: ENUM.InteropFunction.Begin, interopIdentifier: "t" }, {}],
  ReProvision: [{ certificateRequest: { tag: TAG.CertificateRequest, type: TYPE.ByteString, value: bytes } }, own],
  Ping: [{}, {}],
  PKCS_11: [
    { pkcs11Function: ENUM.PKCS_11Function.C_Initialize, pkcs11InputParameters: bytes },
    { pkcs11Function: ENUM.PKCS_11Function.C_Initialize, pkcs11OutputParameters: bytes, pkcs11ReturnCode: 0 },
  ],
  QueryAsynchronousRequests: [
    { asynchronousCorrelationValues: [bytes], operations: [1] },
    { asynchronousRequest: [{ ...later, operation: 1, submissionDate: 1, processingStage: 2 }] },
  ],
  GetConstraints: [{}, { constraints }],
  SetConstraints: [{ constraints }, {}],
  SetDefaults: [{ defaultsInformation: [{ objectType: [objectType], attributes }] }, {}],
};
