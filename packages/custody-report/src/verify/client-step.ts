import {
  type ClientStateDocument,
  type GrantOperation,
  grantPermits,
  KEY_GRANTS,
  type KeyStateDocument,
} from "@holdfast/protocol";

/** A step of a key from one state to the next; `before` is null for a new one. */
export type KeyStep = {
  readonly before: KeyStateDocument | null;
  readonly after: KeyStateDocument;
  /** The key that a new one was derived from, where its entry names one. */
  readonly base?: KeyStateDocument | null;
};

/** The grant that each step on a key needs. */
const NEEDS: Readonly<Record<string, GrantOperation>> = {
  "key.activate": "activate",
  "key.deactivate": "revoke",
  "key.compromise": "revoke",
  "key.destroy": "destroy",
};

/**
 * What is wrong with a client's step under the grants that it had then; null when they permit it.
 *
 * Whether the step follows from the state before is another question.
 */
export function clientStepProblem(kind: string, client: ClientStateDocument, step: KeyStep): string | null {
  const { before, after, base = null } = step;
  if (before === null) return birthProblem(kind, client, { after, base });
  if (kind === "key.attributes") return attributesProblem(client, before, after);
  const needed = NEEDS[kind];
  return needed !== undefined && permits(client, before, needed) ? null : OUTSIDE;
}

const OUTSIDE = "was done outside its client's grant";

function birthProblem(
  kind: string,
  client: ClientStateDocument,
  { after, base }: { readonly after: KeyStateDocument; readonly base: KeyStateDocument | null },
): string | null {
  const operation = kind === "key.register" ? "import" : "create";
  // What is derived belongs to whom its base belongs, and never leaves where its base does not.
  const owned =
    base === null ? after.owner.kind === "client" && after.owner.id === client.id : isSameOwner(after, base);
  const inherited = base === null || (permits(client, base, "derive") && (base.extractable || !after.extractable));
  if (!inherited) return OUTSIDE;
  const secret = after.type !== "public-key" && after.type !== "certificate";
  const leaving = after.extractable && secret && !covers(client, after.group, "get");
  return owned && covers(client, after.group, operation) && !leaving ? null : "was made outside its client's grant";
}

function isSameOwner({ owner: a }: KeyStateDocument, { owner: b }: KeyStateDocument): boolean {
  return a.kind === b.kind && (a.kind === "domain" || (b.kind === "client" && a.id === b.id));
}

function covers(client: ClientStateDocument, group: string, operation: GrantOperation): boolean {
  return client.grants.some(
    ({ ops, keys }) =>
      grantPermits(ops, operation) &&
      (keys.kind === "all" || keys.kind === "own" || (keys.kind === "group" && keys.id === group)),
  );
}

function attributesProblem(
  client: ClientStateDocument,
  before: KeyStateDocument,
  after: KeyStateDocument,
): string | null {
  const { dates: was } = before;
  const { dates: is } = after;
  const decided =
    was.processStart !== is.processStart ||
    was.protectStop !== is.protectStop ||
    was.archived !== is.archived ||
    before.limits?.total !== after.limits?.total ||
    before.limits?.unit !== after.limits?.unit;
  if (was.activation !== is.activation && !permits(client, before, "activate")) return OUTSIDE;
  if (was.deactivation !== is.deactivation && !permits(client, before, "revoke")) return OUTSIDE;
  if (decided && !permits(client, before, "attributes")) return OUTSIDE;
  return KEY_GRANTS.some((operation) => permits(client, before, operation)) ? null : OUTSIDE;
}

function permits(client: ClientStateDocument, key: KeyStateDocument, operation: GrantOperation): boolean {
  return client.grants.some(({ ops, keys }) => grantPermits(ops, operation) && selects(keys, client, key));
}

function selects(
  keys: ClientStateDocument["grants"][number]["keys"],
  client: ClientStateDocument,
  key: KeyStateDocument,
): boolean {
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
