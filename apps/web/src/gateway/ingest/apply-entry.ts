import {
  addUse,
  type KeyFacts,
  raiseAlarm,
  reportCommand,
  type Scope,
  type TenantClient,
  type VerifiedEntry,
  writeClient,
  writeKey,
} from "@holdfast/db";
import {
  type ClientStateDocument,
  commandHash,
  decodeBase64url,
  type Entry,
  encodeBase64url,
  type KeyStateDocument,
  keyKind,
  knownVersion,
  limitSpent,
  type OpenedEntry,
  parseCommand,
  parseEnvelope,
  parseReceipt,
  periodEnds,
  useDataOf as readUseData,
} from "@holdfast/protocol";
import { applyLinkEntry } from "./apply-link-entry.ts";

const MINUTE_SECONDS = 60;

/** An entry as it is stored. */
export function toStored(entry: Entry, { leaf }: OpenedEntry): VerifiedEntry {
  const { n, leaf: bytes, opens, state, receipt, envelope } = entry;
  const command = leaf.cause.kind === "command" ? leaf.cause.hash : null;
  const { ts, kind, subject } = leaf;
  return { n, leaf: bytes, ts, kind, subject, command, opens, state, receipt, envelope };
}

/** Brings the read model to what an entry says. It decides nothing: browsers prove what they show from the entries. */
export async function applyEntry(tx: TenantClient, scope: Scope, opened: OpenedEntry): Promise<void> {
  const { leaf, state } = opened;
  if (state?.kind === "key") await writeKey(tx, scope, keyFacts(state, opened));
  if (state?.kind === "client") await writeClient(tx, scope, clientFacts(state, opened));
  if (leaf.kind === "use" && leaf.actor.kind === "client") {
    const { minute, ops, bytes } = readUseData(leaf);
    const count = Object.values(ops).reduce((sum, each) => sum + each, 0);
    const at = Math.min(minute * MINUTE_SECONDS + MINUTE_SECONDS - 1, leaf.ts);
    await addUse(tx, scope, { keyId: leaf.subject, clientId: leaf.actor.id, at, count, bytes });
  }
  if (leaf.kind === "roster.refused" && leaf.data?.conflict === true) {
    const detail = { entry: leaf.n, seq: Number(leaf.data.seq) };
    await raiseAlarm(tx, scope, { aid: leaf.aid, code: "E_ROSTER_SEQ", detail });
  }
  await applyLinkEntry(tx, scope, opened);
  if (opened.receipt) await applyReceipt(tx, scope, opened);
}

function keyFacts(state: KeyStateDocument, { leaf, names }: OpenedEntry): KeyFacts {
  const { dates, versions, owner } = state;
  const newest = versions.at(-1)?.created ?? dates.created;
  const ends = [dates.deactivated, dates.compromised, dates.destroyed].filter((each) => each !== undefined);
  return {
    id: state.id,
    label: names.label,
    alias: leaf.data?.unalias === true ? null : names.alias,
    group: state.group,
    algorithm: keyKind(state),
    type: state.type ?? "symmetric-key",
    bits: state.bits ?? null,
    isRegistered: state.origin === "registered",
    knownVersion: knownVersion(state),
    usage: state.usage,
    isExtractable: state.extractable,
    isInToken: state.store === "hsm",
    state: state.state,
    current: state.current,
    ownerClient: owner.kind === "client" ? owner.id : null,
    created: dates.created,
    cryptoperiodSec: dates.cryptoperiodSec ?? null,
    endsAt: state.state === "active" ? (periodEnds(dates, newest).due ?? null) : null,
    endedAt: ends.length === 0 ? null : Math.min(...ends),
    destroyDue: dates.destroyDue ?? null,
    planned: planned(state),
    limitSpent: limitSpent(leaf) ?? undefined,
    headLeaf: movesHead(leaf) ? leaf.n : undefined,
    versions: versions.map(({ kcv, ...version }) => ({ ...version, kcv: kcv ?? null })),
  };
}

/** What of a key comes about by itself: planned dates, periods, schedules and a limit; and since when it is set aside or suspended. */
function planned({ dates, schedules, limits }: KeyStateDocument): KeyFacts["planned"] {
  const { activated, activation, processStart, protectStop, deactivation, archived, suspended } = dates;
  const { originatorSec, recipientSec } = dates;
  const named = {
    activated,
    activation,
    processStart,
    protectStop,
    deactivation,
    archived,
    suspended,
    originatorSec,
    recipientSec,
  };
  const kept = Object.entries(named).filter((each): each is [string, number] => each[1] !== undefined);
  return {
    ...Object.fromEntries(kept),
    ...(schedules === undefined ? {} : { schedules }),
    ...(limits === undefined ? {} : { limit: { ...limits } }),
  };
}

/** Whether commands on the key have to expect this entry: acts that changed it, but for its name. */
function movesHead({ kind, pre, post }: OpenedEntry["leaf"]): boolean {
  const moves = kind.startsWith("key.") || kind === "schedule.set" || kind === "schedule.clear";
  return moves && kind !== "key.label" && pre !== post;
}

function clientFacts(state: ClientStateDocument, { leaf, names }: OpenedEntry) {
  const { id, auth, grants, permit, dates } = state;
  return {
    id,
    label: names.label,
    state: state.state,
    spki: auth.spki,
    grants,
    permit: permit ?? null,
    cameBy: auth.permit ?? null,
    created: dates.created,
    notAfter: dates.notAfter,
    revoked: dates.revoked ?? null,
    headLeaf: leaf.n,
  };
}

/** What became of a command, as its receipt says; a browser verifies the receipt's signature itself. */
async function applyReceipt(tx: TenantClient, scope: Scope, { leaf, state, receipt, envelope }: OpenedEntry) {
  if (receipt === null) return;
  const { cmd, result, code } = parseReceipt(decodeBase64url(receipt.doc));
  if (leaf.cause.kind !== "command" || leaf.cause.hash !== cmd) return;
  const due = state?.kind === "key" && result === "scheduled" ? (state.dates.destroyDue ?? null) : undefined;
  const carried = envelope === null ? null : commandOf(envelope, cmd);
  await reportCommand(tx, scope, {
    hash: cmd,
    status: result,
    code: code ?? null,
    entry: leaf.n,
    due,
    ...(carried === null ? {} : { have: carried.approvals, command: carried.command }),
  });
}

/** The command that an envelope carries, when it is the one of that hash. */
function commandOf(envelope: Uint8Array, hash: string) {
  const { doc, approvals } = parseEnvelope(envelope);
  const bytes = decodeBase64url(doc);
  if (commandHash(bytes) !== hash) return null;
  const { act, issued, exp, target } = parseCommand(bytes);
  const subject = target === undefined ? null : target.kind === "key" ? target.keyId : target.client;
  return { approvals: approvals.length, command: { hash, doc: encodeBase64url(bytes), act, subject, issued, exp } };
}
