import { ENUM } from "@holdfast/kmip";
import { refuse, refuseValue } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

const { Begin, End, Reset } = ENUM.InteropFunction;

/**
 * Marks where a test case begins and ends; nothing here depends on it. Reset would undo what a client's objects are, and
 * is not done.
 *
 * @see KMIP 2.1 section 6.1.25
 */
export const interop: KmipOperation<"Interop"> = (_context, { interopFunction }) => {
  if (interopFunction === Reset) refuse("PermissionDenied", "Objects are destroyed one by one.");
  if (interopFunction !== Begin && interopFunction !== End) refuseValue("InteropFunction", interopFunction);
  return {};
};
