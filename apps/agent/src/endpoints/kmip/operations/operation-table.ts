import { OPERATION_NAMES, type OperationName } from "@holdfast/kmip";
import { activate } from "./activate.ts";
import { CRYPTOGRAPHIC_OPERATIONS } from "./cryptographic-operations.ts";
import { discoverVersions } from "./discover-versions.ts";
import type { OperationTable } from "./kmip-operation.ts";

/** Every operation that is served. Query answers from it. */
export const OPERATION_TABLE: OperationTable = {
  Activate: activate,
  DiscoverVersions: discoverVersions,
  ...CRYPTOGRAPHIC_OPERATIONS,
};

/** The names of the operations that are served. */
export const SERVED_OPERATIONS: readonly OperationName[] = OPERATION_NAMES.filter((name) => name in OPERATION_TABLE);
