import { GRANT_OPERATIONS, type Grant, grantPermits } from "@holdfast/protocol";

/** What a grant may be about. */
interface KeyLike {
  readonly id: string;
  readonly group: string;
  readonly ownerClient: string | null;
}

/** What a client may do on a key by its grants; empty when nothing. Only to show: agents decide by their own records. */
export function operationsOn(key: KeyLike, clientId: string, grants: readonly Grant[]): string[] {
  const about = grants.filter(({ keys }) => {
    if (keys.kind === "all") return true;
    if (keys.kind === "own") return key.ownerClient === clientId;
    return keys.kind === "group" ? keys.id === key.group : keys.id === key.id;
  });
  return GRANT_OPERATIONS.filter(
    (operation) => operation !== "all" && about.some(({ ops }) => grantPermits(ops, operation)),
  );
}
