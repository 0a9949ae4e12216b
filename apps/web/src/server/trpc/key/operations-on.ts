import { GRANT_OPERATIONS, type Grant, type GrantOperation, grantPermits } from "@holdfast/protocol";

/** What a grant may be about. */
interface KeyLike {
  readonly id: string;
  readonly group: string;
  readonly ownerClient: string | null;
  readonly usage: readonly string[];
  readonly extractable: boolean;
}

/** Uses of which a key must have one for the operation to do anything. */
const NEEDS: Partial<Record<GrantOperation, readonly string[]>> = {
  encrypt: ["encrypt"],
  decrypt: ["decrypt"],
  sign: ["sign"],
  verify: ["verify", "verifymac"],
  mac: ["mac", "verifymac"],
  wrap: ["wrap"],
  unwrap: ["unwrap"],
  derive: ["derive", "agree"],
};

/** Operations that are about no key that exists. */
const KEYLESS: readonly GrantOperation[] = ["all", "create", "import", "random"];

/** What a client may do on a key by its grants and the key's uses; empty when nothing. Only to show: agents decide by their own records. */
export function operationsOn(key: KeyLike, clientId: string, grants: readonly Grant[]): string[] {
  const about = grants.filter(({ keys }) => {
    if (keys.kind === "all") return true;
    if (keys.kind === "own") return key.ownerClient === clientId;
    return keys.kind === "group" ? keys.id === key.group : keys.id === key.id;
  });
  return GRANT_OPERATIONS.filter(
    (operation) =>
      !KEYLESS.includes(operation) && does(key, operation) && about.some(({ ops }) => grantPermits(ops, operation)),
  );
}

function does({ usage, extractable }: KeyLike, operation: GrantOperation): boolean {
  if (operation === "get") return extractable;
  return NEEDS[operation]?.some((use) => usage.includes(use)) ?? true;
}
