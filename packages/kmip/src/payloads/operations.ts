import type { ValueOf } from "../fields/codec.ts";
import { ENUM } from "../tags/enumeration-table.ts";
import { activate } from "./activate.ts";
import { addAttribute } from "./add-attribute.ts";
import { adjustAttribute } from "./adjust-attribute.ts";
import { archive } from "./archive.ts";
import { cancel } from "./cancel.ts";
import { certify } from "./certify.ts";
import { check } from "./check.ts";
import { create } from "./create.ts";
import { createKeyPair } from "./create-key-pair.ts";
import { createSplitKey } from "./create-split-key.ts";
import { decrypt } from "./decrypt.ts";
import { delegatedLogin } from "./delegated-login.ts";
import { deleteAttribute } from "./delete-attribute.ts";
import { deriveKey } from "./derive-key.ts";
import { destroy } from "./destroy.ts";
import { discoverVersions } from "./discover-versions.ts";
import { encrypt } from "./encrypt.ts";
import { exportObject } from "./export.ts";
import { get } from "./get.ts";
import { getAttributeList } from "./get-attribute-list.ts";
import { getAttributes } from "./get-attributes.ts";
import { getConstraints } from "./get-constraints.ts";
import { getUsageAllocation } from "./get-usage-allocation.ts";
import { hash } from "./hash.ts";
import { importObject } from "./import.ts";
import { interop } from "./interop.ts";
import { joinSplitKey } from "./join-split-key.ts";
import { locate } from "./locate.ts";
import { log } from "./log.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { mac } from "./mac.ts";
import { macVerify } from "./mac-verify.ts";
import { modifyAttribute } from "./modify-attribute.ts";
import { notify } from "./notify.ts";
import { obtainLease } from "./obtain-lease.ts";
import { ping } from "./ping.ts";
import { pkcs11 } from "./pkcs11.ts";
import { poll } from "./poll.ts";
import { process } from "./process.ts";
import { put } from "./put.ts";
import { query } from "./query.ts";
import { queryAsynchronousRequests } from "./query-asynchronous-requests.ts";
import { reCertify } from "./re-certify.ts";
import { reKey } from "./re-key.ts";
import { reKeyKeyPair } from "./re-key-key-pair.ts";
import { reProvision } from "./re-provision.ts";
import { recover } from "./recover.ts";
import { register } from "./register.ts";
import { revoke } from "./revoke.ts";
import { rngRetrieve } from "./rng-retrieve.ts";
import { rngSeed } from "./rng-seed.ts";
import { setAttribute } from "./set-attribute.ts";
import { setConstraints } from "./set-constraints.ts";
import { setDefaults } from "./set-defaults.ts";
import { setEndpointRole } from "./set-endpoint-role.ts";
import { sign } from "./sign.ts";
import { signatureVerify } from "./signature-verify.ts";
import { validate } from "./validate.ts";

/** The payloads of every operation of KMIP 1.0 to 2.1, by the XML name of the operation. */
export const OPERATIONS = {
  Create: create,
  CreateKeyPair: createKeyPair,
  Register: register,
  ReKey: reKey,
  ReKeyKeyPair: reKeyKeyPair,
  DeriveKey: deriveKey,
  Certify: certify,
  ReCertify: reCertify,
  Locate: locate,
  Check: check,
  Get: get,
  GetAttributes: getAttributes,
  GetAttributeList: getAttributeList,
  AddAttribute: addAttribute,
  ModifyAttribute: modifyAttribute,
  SetAttribute: setAttribute,
  DeleteAttribute: deleteAttribute,
  AdjustAttribute: adjustAttribute,
  ObtainLease: obtainLease,
  GetUsageAllocation: getUsageAllocation,
  Activate: activate,
  Destroy: destroy,
  Archive: archive,
  Recover: recover,
  Revoke: revoke,
  Validate: validate,
  DiscoverVersions: discoverVersions,
  Cancel: cancel,
  Poll: poll,
  Process: process,
  Encrypt: encrypt,
  Decrypt: decrypt,
  Sign: sign,
  SignatureVerify: signatureVerify,
  MAC: mac,
  MACVerify: macVerify,
  RNGRetrieve: rngRetrieve,
  RNGSeed: rngSeed,
  Hash: hash,
  CreateSplitKey: createSplitKey,
  JoinSplitKey: joinSplitKey,
  Export: exportObject,
  Import: importObject,
  Notify: notify,
  Put: put,
  Log: log,
  Login: login,
  Logout: logout,
  DelegatedLogin: delegatedLogin,
  SetEndpointRole: setEndpointRole,
  Interop: interop,
  ReProvision: reProvision,
  Ping: ping,
  PKCS_11: pkcs11,
  QueryAsynchronousRequests: queryAsynchronousRequests,
  GetConstraints: getConstraints,
  SetConstraints: setConstraints,
  SetDefaults: setDefaults,
  Query: query,
} as const;

/** An operation by its XML name: "Create", "ReKey", "GetAttributes". */
export type OperationName = keyof typeof OPERATIONS;
/** What the request of an operation says. */
export type RequestPayload<O extends OperationName> = ValueOf<(typeof OPERATIONS)[O]["request"]>;
/** What the response of an operation says. */
export type ResponsePayload<O extends OperationName> = ValueOf<(typeof OPERATIONS)[O]["response"]>;

/** The names of {@link OPERATIONS}. */
export const OPERATION_NAMES = Object.keys(OPERATIONS) as OperationName[];

const byNumber = new Map<number, OperationName>(OPERATION_NAMES.map((name) => [ENUM.Operation[name], name]));

/** The operation with this number, or null. */
export function operationNumbered(operation: number): OperationName | null {
  return byNumber.get(operation) ?? null;
}
