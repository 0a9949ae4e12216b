import { group, keyId } from "../schema/fields.ts";
import { array, type Infer, literal, object, oneOf, set, word } from "../schema/schema.ts";

/** The operations a grant may name; the same words for every endpoint. */
export const GRANT_OPERATIONS = [
  "create",
  "get",
  "locate",
  "encrypt",
  "decrypt",
  "sign",
  "verify",
  "mac",
  "wrap",
  "unwrap",
  "derive",
  "random",
  "attributes",
  "alias",
  "import",
  "activate",
  "revoke",
  "destroy",
  "all",
] as const;

/** An operation a grant may name. */
export type GrantOperation = (typeof GRANT_OPERATIONS)[number];

/** Those about a key that exists: any one of them makes the key visible, so that it may be linked to or be in a name's way. */
export const KEY_GRANTS: readonly GrantOperation[] = [
  "get",
  "locate",
  "encrypt",
  "decrypt",
  "sign",
  "verify",
  "mac",
  "wrap",
  "unwrap",
  "derive",
  "attributes",
  "alias",
  "activate",
  "revoke",
  "destroy",
];

const selector = oneOf("kind", {
  all: object({ kind: literal("all") }),
  own: object({ kind: literal("own") }),
  group: object({ kind: literal("group"), id: group }),
  key: object({ kind: literal("key"), id: keyId }),
});

const grant = object({ ops: set(word(...GRANT_OPERATIONS), 1, GRANT_OPERATIONS.length), keys: selector });

/** Which keys a grant is about. */
export type GrantSelector = Infer<typeof selector>;
/** What a client may do on which keys. */
export type Grant = Infer<typeof grant>;

/** Grants of a client. */
export const grantsSchema = array(grant, 1, 100);

/** What `all` does not imply: these are granted by name or not at all. */
const NEVER_IMPLIED: ReadonlySet<GrantOperation> = new Set(["get", "wrap", "derive", "import", "alias"]);

/** Whether a grant's operations permit one. */
export function grantPermits(ops: readonly GrantOperation[], operation: GrantOperation): boolean {
  return ops.includes(operation) || (ops.includes("all") && !NEVER_IMPLIED.has(operation));
}
