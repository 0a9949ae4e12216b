import { advisedCryptoperiod, type PermitProfile } from "@holdfast/protocol";
import type { ClientView, KeyView } from "../admin/answers.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { ClientRecord, KeyRecord } from "../keystore/records.ts";
import { isHeldByClients } from "../lifecycle/set-schedule.ts";
import { customAttributes, lifeFacts } from "../operations/life-facts.ts";
import { limitsView } from "../operations/object-view.ts";
import { isKnown } from "./compose-transfer.ts";
import { recentUsers } from "./consequences.ts";

/** What a view is made by besides the record. */
export interface ViewPlace {
  readonly keystore: Keystore;
  /** Unix seconds. */
  readonly now: number;
  /** What is given out of a key's limit in this process and not used. */
  readonly unspent: (keyId: string) => number;
}

/** One key as the agent's own surfaces show it; metadata only. */
export function keyView(key: KeyRecord, { keystore, now, unspent }: ViewPlace): KeyView {
  const versions = key.versions.map(({ version, state, createdAt, kcv }) => ({
    version,
    state,
    created: createdAt,
    kcv,
  }));
  return {
    keyId: key.id,
    label: key.label,
    group: key.group,
    aliases: [...key.aliases],
    algorithm: key.algorithm ?? key.type,
    half: halfOf(key),
    usage: [...key.usage],
    extractable: key.extractable,
    store: key.store ?? "domain",
    foreign: [...key.foreign],
    origin: key.origin,
    known: isKnown(key),
    state: key.state,
    version: key.current,
    kcv: versions.find(({ version }) => version === key.current)?.kcv ?? null,
    owner: key.owner.kind === "domain" ? "domain" : key.owner.id,
    created: key.dates.created,
    destroyDue: key.scheduled === null ? null : (key.dates.destroyDue ?? null),
    locked: key.locked,
    names: key.names.map(({ value }) => value),
    attributes: customAttributes(key),
    suspended: key.dates.suspended ?? null,
    planned: plannedOf(key),
    limit: limitOf(key, unspent),
    periods: periodsOf(key, keystore),
    schedules: runningSchedules(key).map(({ does, everySec, next, n, unusedSec }) => {
      return { does, everySec, next, n, unusedSec: unusedSec ?? null };
    }),
    usedBy: recentUsers(keystore, key.id, now),
    versions,
  };
}

function limitOf({ id, limits }: KeyRecord, unspent: ViewPlace["unspent"]): KeyView["limit"] {
  const view = limitsView(limits, unspent(id));
  return view === null ? null : { ...view, spent: view.total - view.remaining };
}

function plannedOf({ dates }: KeyRecord): KeyView["planned"] {
  const { activation = null, processStart = null, protectStop = null, deactivation = null } = dates;
  return { activation, processStart, protectStop, deactivation };
}

function halfOf({ type, links }: KeyRecord): KeyView["half"] {
  if (type !== "private-key" && type !== "public-key") return null;
  const [of, others] =
    type === "private-key" ? (["private", "public-key"] as const) : (["public", "private-key"] as const);
  return { of, other: links.find(({ kind }) => kind === others)?.id ?? null };
}

/** Schedules of a key that they can still do something with: what is retired or exposed never becomes active again. */
function runningSchedules({ state, schedules }: KeyRecord): KeyRecord["schedules"] {
  return state === "active" || state === "suspended" ? schedules : [];
}

function periodsOf(key: KeyRecord, keystore: Keystore): KeyView["periods"] {
  const current = key.versions.find(({ version }) => version === key.current);
  const { dates, state } = key;
  const since = current?.createdAt ?? dates.created;
  const { originatorEnd, recipientEnd, rotationDue } = lifeFacts({ dates, state, limits: null }, since);
  return {
    advised: advisedCryptoperiod(key.type, key.usage),
    ...{ originatorEnd, recipientEnd, rotationDue },
    heldByClients: isHeldByClients(key, keystore),
  };
}

/** One client as the agent's own surfaces show it. */
export function clientView(
  client: ClientRecord,
  lastUsedAt: number | null,
  keystore: Pick<Keystore, "clients">,
): ClientView {
  return {
    clientId: client.id,
    label: client.label,
    state: client.state,
    auth: client.auth.kind,
    ...(client.auth.authority === undefined ? {} : { certifiedBy: client.auth.authority }),
    spki: client.auth.spki,
    earlier: [...(client.auth.earlier ?? [])],
    grants: client.grants.map(({ ops, keys }) => ({ ops: [...ops], keys })) as ClientView["grants"],
    created: client.createdAt,
    notAfter: client.notAfter,
    lastUsedAt,
    ...(client.permit === undefined ? {} : { permit: permitView(client.id, client.permit, keystore) }),
    ...(client.auth.permit === undefined ? {} : { cameBy: client.auth.permit }),
    locked: client.locked,
  };
}

function permitView(
  id: string,
  { networks, ...permit }: PermitProfile,
  keystore: Pick<Keystore, "clients">,
): NonNullable<ClientView["permit"]> {
  const issued = [...keystore.clients()].filter(({ auth }) => auth.permit === id).length;
  return { ...permit, networks: [...networks], issued };
}

/** When a client last used any key, Unix seconds; null if never. */
export function lastUseOf(keystore: Keystore, clientId: string): number | null {
  return keystore.lastUseOf(clientId);
}
