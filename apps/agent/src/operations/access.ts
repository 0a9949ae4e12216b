import { allowsOperation, type GrantOperation, grantPermits, type KeyOperation } from "@holdfast/protocol";
import type { Keystore } from "../keystore/keystore.ts";
import type { ClientRecord, Grant, KeyRecord } from "../keystore/records.ts";
import type { CoarseClock } from "./coarse-clock.ts";
import { OperationError } from "./errors.ts";

/** Grant operations that are about a key that exists: any one of them makes the key visible. */
const ABOUT_A_KEY: readonly GrantOperation[] = [
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

/** The group in which aliases are looked for first, and in which `create on own` makes keys. */
export const DEFAULT_GROUP = "default";

/**
 * Whether a client may do what it asks: its own standing, its grants, the key's state and usage, in this order.
 *
 * Trusts: the records of the keystore, which were verified when they were loaded. Treats every name a client gives as
 * hostile. It decides and changes nothing.
 */
export class Access {
  readonly #keystore: Keystore;
  readonly #clock: CoarseClock;

  constructor(keystore: Keystore, clock: CoarseClock) {
    this.#keystore = keystore;
    this.#clock = clock;
  }

  /**
   * The client with this public key, if it may ask anything at all. Asked at each request, so that a withdrawal holds on
   * open connections and resumed sessions too.
   *
   * @param spki - Unpadded base64url of SHA-256 over the SubjectPublicKeyInfo whose possession TLS proved.
   * @throws {@link OperationError} `E_CLIENT`, `E_CLIENT_REVOKED`, `E_CLIENT_EXPIRED`, `E_STATE_MAC`, `E_STATE_ROLLBACK`
   */
  identify(spki: string): ClientRecord {
    const client = this.#keystore.findClientBySpki(spki);
    if (client === null) throw new OperationError("E_CLIENT");
    if (client.locked !== null) throw new OperationError(client.locked, undefined, { client: client.id });
    if (client.state !== "active") throw new OperationError("E_CLIENT_REVOKED", undefined, { client: client.id });
    if (this.#clock.now() >= endOf(client, spki))
      throw new OperationError("E_CLIENT_EXPIRED", undefined, { client: client.id, notAfter: client.notAfter });
    return client;
  }

  /** Whether any grant of the client is about this key. One that is not visible is as absent as one that is not there. */
  sees(client: ClientRecord, key: KeyRecord): boolean {
    return client.grants.some((grant) => selects(grant, client, key) && isAboutKeys(grant));
  }

  /** Whether a grant of the client permits an operation on this key, whatever the key's state. */
  permits(client: ClientRecord, key: KeyRecord, operation: GrantOperation): boolean {
    return client.grants.some((grant) => selects(grant, client, key) && grantPermits(grant.ops, operation));
  }

  /**
   * The key that a client names by id or alias.
   *
   * @param group - Where the alias belongs; without it, the group `default` and the groups that the grants name.
   * @throws {@link OperationError} `E_NOT_FOUND`, `E_AMBIGUOUS`
   */
  find(client: ClientRecord, name: string, group?: string): KeyRecord {
    const key = name.startsWith("alias/") ? this.#findByAlias(client, name, group) : this.#keystore.findKey(name);
    if (key === null || !this.sees(client, key)) throw new OperationError("E_NOT_FOUND");
    return key;
  }

  /**
   * Lets an operation on a visible key pass.
   *
   * @param version - The version asked for; the current one without it.
   * @throws {@link OperationError} `E_GRANT`, `E_STATE_MAC`, `E_STATE_ROLLBACK`, `E_KEY_STATE`, `E_KEY_USAGE`
   */
  check(client: ClientRecord, key: KeyRecord, operation: KeyOperation, version: number = key.current): void {
    const granted = operation === "datakey" ? "encrypt" : (operation as GrantOperation);
    if (!this.permits(client, key, granted))
      throw new OperationError("E_GRANT", undefined, { operation: granted, keyId: key.id });
    if (operation === "locate") return;
    if (key.locked !== null) throw new OperationError(key.locked, undefined, { keyId: key.id });
    if (!allowsOperation(key.state, operation)) throw stateError(key, key.state);
    const state = key.versions.find((each) => each.version === version)?.state;
    if (state === undefined) throw new OperationError("E_DECRYPT");
    if (!allowsOperation(state, operation)) throw stateError(key, state);
    if (!key.usage.includes(granted as "encrypt" | "decrypt"))
      throw new OperationError("E_KEY_USAGE", undefined, { operation, keyId: key.id });
  }

  /**
   * Lets a client make a key in a group: by a grant on all keys, on that group, or, in the group `default`, on its own.
   *
   * @throws {@link OperationError} `E_GRANT`
   */
  checkGroup(client: ClientRecord, group: string, operation: "create" | "alias" | "get"): void {
    if (!client.grants.some((grant) => coversGroup(grant, group) && grantPermits(grant.ops, operation)))
      throw new OperationError("E_GRANT", undefined, { operation, group });
  }

  /** Lets an operation pass that is about no key. @throws {@link OperationError} `E_GRANT` */
  checkKeyless(client: ClientRecord, operation: "random"): void {
    if (!client.grants.some((grant) => grantPermits(grant.ops, operation)))
      throw new OperationError("E_GRANT", undefined, { operation });
  }

  #findByAlias(client: ClientRecord, alias: string, group: string | undefined): KeyRecord | null {
    const groups = group === undefined ? groupsOf(client) : [group];
    let found: KeyRecord | null = null;
    for (const each of groups) {
      const key = this.#keystore.findKeyByAlias(alias, each);
      if (key === null || !this.sees(client, key)) continue;
      if (found !== null) throw new OperationError("E_AMBIGUOUS");
      found = key;
    }
    return found;
  }
}

/** When a key of a client is good no longer: at the client's end, or for one before a renewal at that of its overlap. */
function endOf({ auth, notAfter }: ClientRecord, spki: string): number {
  if (spki === auth.spki) return notAfter;
  const until = auth.earlier?.find((each) => each.spki === spki)?.until ?? 0;
  return Math.min(until, notAfter);
}

function stateError(key: KeyRecord, state: string): OperationError {
  return new OperationError("E_KEY_STATE", undefined, { keyId: key.id, state });
}

function selects({ keys }: Grant, client: ClientRecord, key: KeyRecord): boolean {
  switch (keys.kind) {
    case "all":
      return true;
    case "group":
      return key.group === keys.id;
    case "key":
      return key.id === keys.id;
    case "own":
      return key.owner.kind === "client" && key.owner.id === client.id;
  }
}

function coversGroup({ keys }: Grant, group: string): boolean {
  if (keys.kind === "all") return true;
  if (keys.kind === "group") return keys.id === group;
  return keys.kind === "own" && group === DEFAULT_GROUP;
}

function isAboutKeys({ ops }: Grant): boolean {
  return ops.includes("all") || ops.some((operation) => ABOUT_A_KEY.includes(operation));
}

function groupsOf({ grants }: ClientRecord): Set<string> {
  const groups = new Set([DEFAULT_GROUP]);
  for (const { keys } of grants) if (keys.kind === "group") groups.add(keys.id);
  return groups;
}
