import { hash, visibleAscii } from "../schema/fields.ts";
import { array, type Infer, integer, object, type Schema, set } from "../schema/schema.ts";
import { type Decision, MAX_LIST } from "./challenges.ts";

const decision = integer(0, 2) as Schema<Decision>;
const list = set(hash, 1, MAX_LIST);
const credId = visibleAscii(1400);

/** Assertion members are decoded, and refused by their own codes, when they are verified. */
const assertionMembers = { clientDataJSON: visibleAscii(8192), authData: visibleAscii(8192), sig: visibleAscii(1400) };

const passkeyApproval = object({ decision, list, credId, ...assertionMembers });
const rawApproval = object({ decision, list, credId, sig: assertionMembers.sig });

/** One administrator's decision by passkey over a list of documents. */
export type PasskeyApproval = Infer<typeof passkeyApproval>;
/** The same by a raw key: local administrator, recovery key. */
export type RawApproval = Infer<typeof rawApproval>;
/** One decision over 1 to 50 documents, the list in signed order. */
export type Approval = PasskeyApproval | RawApproval;

/** Whether an approval was made with a passkey. */
export function isPasskeyApproval(approval: Approval): approval is PasskeyApproval {
  return "clientDataJSON" in approval;
}

/** Reads either kind of approval. */
export const approvalSchema: Schema<Approval> = {
  read(value, path) {
    const raw = typeof value === "object" && value !== null && !("clientDataJSON" in value);
    return raw ? rawApproval.read(value, path) : passkeyApproval.read(value, path);
  },
};

/** Most approvals in an envelope. */
export const MAX_APPROVALS = 16;

/** Approvals of an envelope or link. */
export const approvalsSchema = array(approvalSchema, 0, MAX_APPROVALS);

/**
 * Reads an approval from JSON.
 *
 * @throws {@link ProtocolError} `E_SCHEMA`
 */
export function parseApproval(value: unknown): Approval {
  return approvalSchema.read(value, "approval");
}
