import { type KmipVersion, type OperationName, operationsIn } from "@holdfast/kmip";
import { activate } from "./activate.ts";
import { addAttribute } from "./add-attribute.ts";
import { adjustAttribute } from "./adjust-attribute.ts";
import { archive } from "./archive.ts";
import { cancel, poll, processRequest, queryAsynchronousRequests } from "./asynchronous.ts";
import { check } from "./check.ts";
import { getConstraints, setConstraints, setDefaults } from "./constraints.ts";
import { create } from "./create.ts";
import { createKeyPair } from "./create-key-pair.ts";
import { CRYPTOGRAPHIC_OPERATIONS } from "./cryptographic-operations.ts";
import { deleteAttribute } from "./delete-attribute.ts";
import { destroy } from "./destroy.ts";
import { discoverVersions } from "./discover-versions.ts";
import { exportObject } from "./export.ts";
import { get } from "./get.ts";
import { getAttributeList } from "./get-attribute-list.ts";
import { getAttributes } from "./get-attributes.ts";
import { getUsageAllocation } from "./get-usage-allocation.ts";
import { importObject } from "./import.ts";
import { interop } from "./interop.ts";
import type { OperationTable } from "./kmip-operation.ts";
import { locate } from "./locate.ts";
import { log } from "./log.ts";
import { modifyAttribute } from "./modify-attribute.ts";
import { obtainLease } from "./obtain-lease.ts";
import { ping } from "./ping.ts";
import { queryOver } from "./query.ts";
import { reKey } from "./re-key.ts";
import { reKeyKeyPair } from "./re-key-key-pair.ts";
import { recover } from "./recover.ts";
import { register } from "./register.ts";
import { revoke } from "./revoke.ts";
import { setAttribute } from "./set-attribute.ts";
import { setEndpointRole } from "./set-endpoint-role.ts";
import { login, logout } from "./tickets.ts";

/** Every operation that is served. Query answers from it. */
export const OPERATION_TABLE: OperationTable = {
  Create: create,
  CreateKeyPair: createKeyPair,
  Register: register,
  ReKey: reKey,
  ReKeyKeyPair: reKeyKeyPair,
  Locate: locate,
  Check: check,
  Get: get,
  GetAttributes: getAttributes,
  GetAttributeList: getAttributeList,
  AddAttribute: addAttribute,
  ModifyAttribute: modifyAttribute,
  SetAttribute: setAttribute,
  SetEndpointRole: setEndpointRole,
  DeleteAttribute: deleteAttribute,
  AdjustAttribute: adjustAttribute,
  ObtainLease: obtainLease,
  GetUsageAllocation: getUsageAllocation,
  Activate: activate,
  Revoke: revoke,
  Destroy: destroy,
  Archive: archive,
  Recover: recover,
  Query: queryOver(servedOperations),
  DiscoverVersions: discoverVersions,
  Poll: poll,
  Cancel: cancel,
  Process: processRequest,
  Import: importObject,
  Export: exportObject,
  Log: log,
  Login: login,
  Logout: logout,
  Ping: ping,
  Interop: interop,
  QueryAsynchronousRequests: queryAsynchronousRequests,
  GetConstraints: getConstraints,
  SetConstraints: setConstraints,
  SetDefaults: setDefaults,
  ...CRYPTOGRAPHIC_OPERATIONS,
};

/** The operations of a version that are served. */
export function servedOperations(version: KmipVersion): readonly OperationName[] {
  return operationsIn(version).filter((name) => Object.hasOwn(OPERATION_TABLE, name));
}
