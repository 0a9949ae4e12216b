import {
  type GrantOperation,
  grantPermits,
  KEY_GRANTS,
  type KeyOperation,
  type KeyUsage,
  useRefusal,
} from "@holdfast/protocol";
import type { Keystore } from "../keystore/keystore.ts";
import type { ClientRecord, Grant, KeyRecord } from "../keystore/records.ts";
import { dueSteps } from "../lifecycle/due-steps.ts";
import type { CoarseClock } from "./coarse-clock.ts";
import { OperationError } from "./errors.ts";
import { knownKeyId, rememberKeyId } from "./known-uuids.ts";
import { lifeError, versionError } from "./life-error.ts";
import { keyIdsOfUuid } from "./object-uuid.ts";

/** What an operation needs: one of these grants, and one of these usages of the key; null where any key will do. */
const NEEDS: Readonly<
  Record<KeyOperation, { readonly grants: readonly GrantOperation[]; readonly usages: readonly KeyUsage[] | null }>
> = {
  encrypt: { grants: ["encrypt"], usages: ["encrypt"] },
  datakey: { grants: ["encrypt"], usages: ["encrypt"] },
  encapsulate: { grants: ["encrypt"], usages: ["encrypt"] },
  decrypt: { grants: ["decrypt"], usages: ["decrypt"] },
  decapsulate: { grants: ["decrypt"], usages: ["decrypt"] },
  sign: { grants: ["sign"], usages: ["sign"] },
  verify: { grants: ["verify"], usages: ["verify"] },
  mac: { grants: ["mac"], usages: ["mac"] },
  verifymac: { grants: ["mac", "verify"], usages: ["verifymac"] },
  wrap: { grants: ["wrap"], usages: ["wrap"] },
  unwrap: { grants: ["unwrap"], usages: ["unwrap"] },
  derive: { grants: ["derive"], usages: ["derive"] },
  agree: { grants: ["derive"], usages: ["agree"] },
  get: { grants: ["get"], usages: null },
  locate: { grants: ["locate"], usages: null },
};

/** Stands for a key that is not there: in no group, and nobody's. */
const NOBODYS = { id: "", group: "", owner: { kind: "client", id: "" } } as unknown as KeyRecord;

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
  readonly #takeDueSteps: (keys: Iterable<KeyRecord>) => void;

  /** @param takeDueSteps - Records the steps that planned dates have brought about, where that is possible now. */
  constructor(keystore: Keystore, clock: CoarseClock, takeDueSteps: (keys: Iterable<KeyRecord>) => void) {
    this.#keystore = keystore;
    this.#clock = clock;
    this.#takeDueSteps = takeDueSteps;
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
    if (client === null || client.auth.kind === "permit") throw new OperationError("E_CLIENT");
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
   * The client of a request as it stands now: it may have been withdrawn since the request came.
   *
   * @throws {@link OperationError} as {@link identify}
   */
  present({ auth }: ClientRecord): ClientRecord {
    return this.identify(auth.spki);
  }

  /**
   * The object that a client names by its id, the UUID of its id, an alias, another system's identifier, or the one name
   * that it has among the objects that the client sees.
   *
   * An object that the client does not see costs the same look-ups as one that is not there, and gives the same answer.
   *
   * @param group - Where the alias belongs; without it, the group `default` and the groups that the grants name.
   * @throws {@link OperationError} `E_NOT_FOUND`, `E_AMBIGUOUS`
   */
  find(client: ClientRecord, name: string, group?: string): KeyRecord {
    const key = name.startsWith("alias/")
      ? this.#findByAlias(client, name, group)
      : (this.#findVisible(client, name) ?? this.#findByName(client, name));
    if (key === null || !this.sees(client, key)) throw new OperationError("E_NOT_FOUND");
    return this.current(key);
  }

  /** The object with this very id, if the client sees it. @throws {@link OperationError} `E_NOT_FOUND` */
  findById(client: ClientRecord, id: string): KeyRecord {
    const key = this.#keystore.findKey(id);
    if (key === null || !this.sees(client, key)) throw new OperationError("E_NOT_FOUND");
    return this.current(key);
  }

  /** A record after the steps that its dates have brought about by now. */
  current(key: KeyRecord): KeyRecord {
    if (dueSteps(key, this.#clock.now()).length === 0) return key;
    this.#takeDueSteps([key]);
    return this.#keystore.findKey(key.id) ?? key;
  }

  /**
   * Lets an operation on a visible key pass.
   *
   * @param version - The version asked for; the current one without it.
   * @throws {@link OperationError} `E_GRANT`, `E_STATE_MAC`, `E_STATE_ROLLBACK`, `E_KEY_STATE`, `E_KEY_USAGE`
   */
  check(client: ClientRecord, key: KeyRecord, operation: KeyOperation, version: number = key.current): void {
    const { grants, usages } = NEEDS[operation];
    if (!grants.some((grant) => this.permits(client, key, grant)))
      throw new OperationError("E_GRANT", undefined, { operation: grants[0] ?? operation, keyId: key.id });
    if (operation === "locate") return;
    if (key.locked !== null) throw new OperationError(key.locked, undefined, { keyId: key.id });
    const used = key.versions.find((each) => each.version === version);
    if (used === undefined) throw versionError(key, operation);
    const refusal = useRefusal({ state: key.state, dates: key.dates, version: used }, operation, this.#clock.now());
    if (refusal !== null) throw lifeError(key, refusal);
    if (usages !== null && !usages.some((usage) => key.usage.includes(usage)))
      throw new OperationError("E_KEY_USAGE", undefined, { operation, keyId: key.id });
  }

  /**
   * Lets a client change a visible object: by the grant of that operation, on an object that is not locked.
   *
   * @throws {@link OperationError} `E_GRANT`, `E_STATE_MAC`, `E_STATE_ROLLBACK`
   */
  checkChange(client: ClientRecord, key: KeyRecord, operation: GrantOperation): void {
    if (!this.permits(client, key, operation))
      throw new OperationError("E_GRANT", undefined, { operation, keyId: key.id });
    if (key.locked !== null) throw new OperationError(key.locked, undefined, { keyId: key.id });
  }

  /**
   * Lets a client make a key in a group: by a grant on all keys, on that group, or, in the group `default`, on its own.
   *
   * @throws {@link OperationError} `E_GRANT`
   */
  checkGroup(client: ClientRecord, group: string, operation: "create" | "alias" | "get" | "import"): void {
    if (!this.coversGroup(client, group, operation))
      throw new OperationError("E_GRANT", undefined, { operation, group });
  }

  /** Whether a grant of the client permits an operation on what it makes in a group. */
  coversGroup(client: ClientRecord, group: string, operation: GrantOperation): boolean {
    return client.grants.some((grant) => coversGroup(grant, group) && grantPermits(grant.ops, operation));
  }

  /** Lets an operation pass that is about no key. @throws {@link OperationError} `E_GRANT` */
  checkKeyless(client: ClientRecord, operation: "random"): void {
    if (!client.grants.some((grant) => grantPermits(grant.ops, operation)))
      throw new OperationError("E_GRANT", undefined, { operation });
  }

  #findVisible(client: ClientRecord, name: string): KeyRecord | null {
    const known = knownKeyId(client, name);
    let found = known === null ? null : this.#keystore.findKey(known);
    if (found !== null && this.sees(client, found)) return found;
    const ids = keyIdsOfUuid(name);
    found = null;
    // Looked up in every way, whatever is there that is not the client's: what is not seen is not there.
    for (const id of ids ?? [name]) found = this.#seen(client, this.#keystore.findKey(id)) ?? found;
    found ??= this.#seen(client, this.#keystore.findKeyByForeignId(name));
    if (found === null) return null;
    if (ids !== null) rememberKeyId(client, name, found.id);
    return found;
  }

  /** What is not there is judged like what is not the client's. */
  #seen(client: ClientRecord, key: KeyRecord | null): KeyRecord | null {
    const sees = this.sees(client, key ?? NOBODYS);
    return sees ? key : null;
  }

  #findByName(client: ClientRecord, name: string): KeyRecord | null {
    let found: KeyRecord | null = null;
    for (const key of this.#keystore.findKeysByName(name)) {
      if (key.state.startsWith("destroyed") || !this.sees(client, key)) continue;
      if (found !== null) throw new OperationError("E_AMBIGUOUS");
      found = key;
    }
    return found;
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
  return ops.includes("all") || ops.some((operation) => KEY_GRANTS.includes(operation));
}

function groupsOf({ grants }: ClientRecord): Set<string> {
  const groups = new Set([DEFAULT_GROUP]);
  for (const { keys } of grants) if (keys.kind === "group") groups.add(keys.id);
  return groups;
}
