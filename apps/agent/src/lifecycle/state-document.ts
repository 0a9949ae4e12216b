import { docHash, encodeState, type State } from "@holdfast/protocol";
import type { ClientRecord, DomainRecord, KeyRecord } from "../keystore/records.ts";

/** A state document's bytes and the hash that entries and receipts carry. */
export interface StateDocument {
  readonly bytes: Uint8Array;
  readonly hash: string;
}

/**
 * The signed-over state of a key. Key check values stay out of it: the domain shares none by default.
 *
 * What is as it always was in the first release is left out, so that its documents keep their bytes.
 */
export function keyState(tid: string, key: KeyRecord): StateDocument {
  const { id, state, current, group, extractable, sensitive, type, algorithm, bits, origin, usage, owner } = key;
  const versions = key.versions.map(({ version, state: each, createdAt, commit }) => ({
    version,
    state: each,
    created: createdAt,
    commit,
  }));
  const { limits, schedules, known } = key;
  return encode({
    ...{ typ: "state", ver: 1, tid, kind: "key", id, state, current, versions, group, extractable },
    ...(sensitive ? { sensitive } : {}),
    ...(type === "symmetric-key" ? {} : { type }),
    ...(algorithm === null ? {} : { algorithm }),
    ...(bits === null || (algorithm === "AES-256" && type === "symmetric-key") ? {} : { bits }),
    ...(origin === "made" ? {} : { origin }),
    ...(key.store === undefined ? {} : { store: key.store }),
    ...(known === undefined ? {} : { known }),
    ...(limits === null ? {} : { limits: { unit: limits.unit, total: limits.total } }),
    ...(schedules.length === 0 ? {} : { schedules }),
    usage: [...usage],
    owner,
    dates: key.dates,
  });
}

/** The signed-over state of a client. */
export function clientState(tid: string, client: ClientRecord): StateDocument {
  const { id, state, auth, grants, permit, createdAt, notAfter, limit, revokedAt } = client;
  const limited = limit === undefined ? {} : { limit };
  const dates = { created: createdAt, notAfter, ...limited, ...(revokedAt === null ? {} : { revoked: revokedAt }) };
  return encode({
    typ: "state",
    ver: 1,
    tid,
    kind: "client",
    id,
    state,
    auth,
    grants,
    ...(permit === undefined ? {} : { permit }),
    dates,
  });
}

/** The signed-over state of the domain. */
export function domainState({
  tid,
  locked,
  recovering,
  legacy,
  backup,
  escrow,
  ackNewKey,
  share,
  createdAt,
}: DomainRecord): StateDocument {
  return encode({
    typ: "state",
    ver: 1,
    tid,
    kind: "domain",
    id: tid,
    locked,
    recovering,
    ...(legacy.length === 0 ? {} : { legacy: [...legacy] }),
    ...(escrow === undefined ? {} : { escrow }),
    ...(backup === null ? {} : { backup }),
    ...(ackNewKey === "backup" ? { ackNewKey } : {}),
    ...(share === undefined ? {} : { share }),
    dates: { created: createdAt },
  });
}

function encode(state: unknown): StateDocument {
  const bytes = encodeState(state as State);
  return { bytes, hash: docHash("state", bytes) };
}
