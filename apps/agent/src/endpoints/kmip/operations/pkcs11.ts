import { ENUM } from "@holdfast/kmip";
import { AGENT_VERSION } from "../../../version.ts";
import { streamsOf } from "../cryptography/open-streams.ts";
import type { KmipContext } from "../kmip-context.ts";
import type { KmipOperation } from "./kmip-operation.ts";

const F = ENUM.PKCS_11Function;
/** @see PKCS #11 2.40 section 3.8 (CK_RV) */
const { OK } = ENUM.PKCS_11ReturnCode;
const CKR_FUNCTION_NOT_SUPPORTED = 0x54;

/**
 * Calls a function of PKCS #11: those that begin, describe and end a use of the library. Keys are used by the operations
 * that KMIP has for them.
 *
 * @see KMIP 2.1 section 6.1.35; KMIP Profiles 2.1 section 5.16 (PKCS#11)
 */
export const pkcs11: KmipOperation<"PKCS_11"> = (context, { pkcs11Interface, pkcs11Function, correlationValue }) => {
  const answer = {
    ...(pkcs11Interface === undefined ? {} : { pkcs11Interface }),
    pkcs11Function,
    pkcs11ReturnCode: OK,
  };
  if (pkcs11Function === F.C_Initialize) return { ...answer, correlationValue: initialized(context) };
  const last = pkcs11Function === F.C_Finalize;
  assertInitialized(context, correlationValue, last);
  if (last) return answer;
  if (pkcs11Function === F.C_GetInfo) return { ...answer, pkcs11OutputParameters: libraryInfo() };
  return { ...answer, pkcs11ReturnCode: CKR_FUNCTION_NOT_SUPPORTED };
};

function initialized({ caller, session }: KmipContext): Buffer {
  const nothing = { identifier: null, holds: false, part: () => {}, end: () => {} };
  return streamsOf(session.domain).open(caller.client.id, "PKCS_11", nothing);
}

function assertInitialized({ caller, session }: KmipContext, correlation: Uint8Array | undefined, last: boolean): void {
  const part = { clientId: caller.client.id, operation: "PKCS_11", bytes: 0, last };
  streamsOf(session.domain).serve({ ...part, correlation: correlation ?? new Uint8Array(0) }, () => {});
}

/** CK_INFO as KMIP carries it. @see PKCS #11 2.40 section 3.1 */
function libraryInfo(): Buffer {
  const [major = 0, minor = 0] = AGENT_VERSION.split(".").map(Number);
  return Buffer.concat([
    Buffer.of(2, 40), // cryptokiVersion
    Buffer.from("Holdfast".padEnd(32)), // manufacturerID
    Buffer.alloc(8), // flags
    Buffer.from("Holdfast key server".padEnd(32)), // libraryDescription
    Buffer.of(major, minor), // libraryVersion
  ]);
}
