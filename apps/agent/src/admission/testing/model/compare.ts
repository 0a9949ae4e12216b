import { decodeBase64url, encodeState, parseEnvelope, type State } from "@holdfast/protocol";
import type { ClientRecord, KeyRecord } from "../../../keystore/records.ts";
import { decodeBody } from "../../../keystore/row.ts";
import type { StoredReceipt } from "../../../lifecycle/outcome.ts";
import { clientState, keyState } from "../../../lifecycle/state-document.ts";
import { isOpen } from "./model-imports.ts";
import type { ModelKey, ModelState } from "./model-state.ts";
import type { ModelWorld } from "./model-world.ts";

/** What the model cannot know and takes as it first sees it: commitments to material that the agent made, identities of keys. */
export interface Commitments {
  readonly of: Map<string, string>;
  /** Keys that were compared and found to be as the model says. */
  readonly same: Set<string>;
}

/** Where the agent is not as the model says; empty where it is. */
export function compareState(world: ModelWorld, state: ModelState, commitments: Commitments): string[] {
  const { keystore, rosters, log } = world.domain;
  const { locked, recovering, legacy } = keystore.domain();
  const expected = { size: state.log.length, locked: state.locked, recovering: state.recovering || state.rolledBack };
  return [
    ...differs("domain", { size: log.size, locked, recovering }, expected),
    ...differs("legacy", legacy, state.legacy),
    ...differs("roster", rosters.current().hash, state.roster.hash),
    ...differs("problem", world.domain.problem, state.rolledBack ? "E_LOG_ROLLBACK" : null),
    ...differs("locked objects", keystore.lockedObjects(), []),
    ...compareKeys([...keystore.keys()], state, commitments),
    ...compareClients([...keystore.clients()], state, commitments),
    ...differs("pending", pendingIn(world), pendingOf(state)),
    ...differs("scheduled", scheduledIn(world), scheduledOf(state)),
    ...differs("imports", importsIn(world), [...state.oneTimeKeys].filter((id) => isOpen(state, id)).sort()),
    ...differs("introductions", introductionsIn(world), [...state.introductions.keys()].sort()),
    ...differs("links", linksIn(world), linksOf(state)),
    ...differs("receipts", receiptsIn(world), receiptsOf(state)),
  ];
}

/** Kinds of the entries from `from` on, as the agent's log has them. */
export function kindsFrom(world: ModelWorld, from: number): string[] {
  const entries = world.domain.log.entries(from, 1000);
  return entries.map(({ leaf }) => JSON.parse(Buffer.from(decodeBase64url(leaf)).toString("utf8")).kind);
}

export function differs(what: string, found: unknown, expected: unknown): string[] {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  return one === other ? [] : [`${what}: the agent has ${one}, the model ${other}`];
}

function compareKeys(records: readonly KeyRecord[], state: ModelState, commitments: Commitments): string[] {
  const unknown = records.filter(({ id }) => !state.keys.has(id)).map(({ id }) => `key ${id}: the model has none`);
  const all = [...state.keys.values()].flatMap((key) => {
    const record = records.find(({ id }) => id === key.id);
    return record === undefined
      ? [`key ${key.id}: the agent has none`]
      : compareKey(record, key, { state, commitments });
  });
  return [...unknown, ...all];
}

interface Context {
  readonly state: ModelState;
  readonly commitments: Commitments;
}

/** The key's signed-over state document, byte for byte, and what stands beside it. */
function compareKey(record: KeyRecord, key: ModelKey, { state, commitments }: Context): string[] {
  const pair = JSON.stringify([record, key]);
  if (commitments.same.has(pair)) return [];
  for (const { version, commit } of record.versions) {
    const name = `${key.id}/${version}`;
    if (!commitments.of.has(name)) commitments.of.set(name, commit);
  }
  const document = textOf(encodeState(documentOf(key, state.tid, commitments)));
  const found = textOf(keyState(state.tid, record).bytes);
  const { label, leaf: head, scheduled, aliases, foreign } = record;
  const beside = { label, head, scheduled, aliases, foreign };
  const differences = [
    ...differs(`key ${key.id}`, found, document),
    ...differs(`key ${key.id}`, beside, besideOf(key)),
  ];
  if (differences.length === 0) commitments.same.add(pair);
  return differences;
}

function besideOf({ label, head, scheduled, alias, foreign }: ModelKey) {
  return { label, head, scheduled, aliases: alias === null ? [] : [alias], foreign };
}

function compareClients(records: readonly ClientRecord[], state: ModelState, commitments: Commitments): string[] {
  const { same, of } = commitments;
  const unknown = records
    .filter(({ id }) => !state.clients.has(id))
    .map(({ id }) => `client ${id}: the model has none`);
  const all = [...state.clients].flatMap(([id, client]) => {
    const record = records.find((each) => each.id === id);
    if (record === undefined) return [`client ${id}: the agent has none`];
    const pair = JSON.stringify([record, client]);
    if (same.has(pair)) return [];
    const spki = client.spki ?? of.get(id) ?? record.auth.spki;
    of.set(id, spki);
    const { label, state: is, auth, grants, permit, created, notAfter, limit, revoked, head } = client;
    const document = encodeState({
      ...{ typ: "state", ver: 1, tid: state.tid, kind: "client", id, state: is, auth: { ...auth, spki }, grants },
      ...(permit === undefined ? {} : { permit }),
      dates: { created, notAfter, ...(limit === undefined ? {} : { limit }), ...(revoked ? { revoked } : {}) },
    } as unknown as State);
    const differences = [
      ...differs(`client ${id}`, textOf(clientState(state.tid, record).bytes), textOf(document)),
      ...differs(`client ${id}`, { label: record.label, head: record.leaf }, { label, head }),
    ];
    if (differences.length === 0) same.add(pair);
    return differences;
  });
  return [...unknown, ...all];
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

function documentOf(key: ModelKey, tid: string, commitments: Commitments): State {
  const versions = key.versions.map((each, index) => ({
    ...{ version: index + 1, state: each.state, created: each.created },
    commit: commitments.of.get(`${key.id}/${index + 1}`),
  }));
  return {
    ...{ typ: "state", ver: 1, tid, kind: "key", id: key.id, state: key.state, current: versions.length, versions },
    ...{
      algorithm: "AES-256",
      group: key.group,
      extractable: key.extractable,
      usage: ["encrypt", "decrypt"],
      owner: { kind: "domain" },
    },
    ...(key.brought === undefined ? {} : { origin: "registered" }),
    ...((key.brought ?? 1) > 1 ? { known: key.brought } : {}),
    ...(key.schedules.length === 0 ? {} : { schedules: key.schedules }),
    dates: key.dates,
  } as unknown as State;
}

function pendingIn(world: ModelWorld) {
  return sorted(
    world.store.pending().map(({ hash, body }) => [hash, decisions(JSON.parse(body).approvals as Given[])]),
  );
}

function pendingOf(state: ModelState) {
  return sorted([...state.pending].map(([hash, { approvals }]) => [hash, decisions(approvals)]));
}

function scheduledIn(world: ModelWorld) {
  const rows = [...world.store.rows("scheduled")];
  return sorted(
    rows
      .map((row) => [row.id, decodeBody<{ keyId: string; dueSeconds: number }>(row)] as const)
      .map(([hash, { keyId, dueSeconds }]) => [hash, keyId, dueSeconds]),
  );
}

function importsIn({ domain }: ModelWorld) {
  return domain.transfers
    .open()
    .map(({ offer }) => offer.importId as string)
    .sort();
}

function introductionsIn({ store }: ModelWorld) {
  return [...store.rows("introduction")].map(({ id }) => id).sort();
}

function linksIn(world: ModelWorld) {
  const rows = [...world.store.rows("proposed_link")].map((row) => [row.id, decodeBody<LinkRow>(row)] as const);
  return sorted(
    rows.map(([id, { envelope, wait }]) => {
      const { approvals } = parseEnvelope(decodeBase64url(envelope));
      return [id, wait?.dueSeconds ?? null, decisions(approvals)];
    }),
  );
}

interface LinkRow {
  readonly envelope: string;
  readonly wait: { readonly dueSeconds: number } | null;
}

function linksOf(state: ModelState) {
  return sorted([...state.links].map(([hash, { approvals, wait }]) => [hash, wait?.due ?? null, decisions(approvals)]));
}

function scheduledOf(state: ModelState) {
  return sorted([...state.scheduled].map(([hash, { keyId, due }]) => [hash, keyId, due]));
}

function receiptsIn(world: ModelWorld) {
  const rows = [...world.store.rows("receipt")].map((row) => [row.id, decodeBody<StoredReceipt>(row)] as const);
  return sorted(rows.map(([hash, { outcome, code = null, leaf, final }]) => [hash, outcome, code, leaf, final]));
}

function receiptsOf(state: ModelState) {
  const all = [...state.decided];
  return sorted(all.map(([hash, { outcome, code = null, leaf, final }]) => [hash, outcome, code, leaf, final]));
}

interface Given {
  readonly credId: string;
  readonly decision: number;
}

function decisions(approvals: readonly Given[]): string[] {
  return approvals.map(({ credId, decision }) => `${credId} ${decision}`);
}

function sorted<T extends readonly unknown[]>(rows: readonly T[]): T[] {
  return [...rows].sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));
}
