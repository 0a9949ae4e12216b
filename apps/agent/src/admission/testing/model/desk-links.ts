import {
  decodeBase64url,
  deriveRawCredentialId,
  docHash,
  encodeBase64url,
  encodeRoster,
  type Roster,
} from "@holdfast/protocol";
import type { Decision } from "./desk.ts";
import { timeOf } from "./model-clock.ts";
import { type ModelLink, type ModelState, ruleOf } from "./model-state.ts";

const DAY = 86_400;

/** A link that somebody proposed, with the decisions that were made over it. */
export interface Link {
  readonly model: ModelLink;
  readonly doc: string;
  readonly decisions: readonly Decision[];
}

/**
 * Proposes a link on what the model knows: a person's second passkey goes, by administrators or by recovery keys; recovery has
 * other rules; or, where none of that can be, the roster lasts longer.
 */
export function proposeLink(state: ModelState, asked: ModelLink["kind"], pick: number): Omit<Link, "decisions"> {
  const { rand: _, recover: __, ...before } = documentOf(state);
  const now = timeOf(state.clock);
  const second = before.admins.flatMap(({ creds }) => creds.slice(1))[pick % 2];
  const kind =
    now >= before.notAfter && asked !== "recover" ? "renew" : asked === "remove" && !second ? "renew" : asked;
  const takes = kind === "remove" || kind === "recover" ? second : undefined;
  const place = {
    tid: state.tid,
    seq: state.rosters.length,
    prev: state.roster.hash,
    issued: now,
    acceptBy: now + 7 * DAY,
  };
  const lasts = Math.max(before.notAfter, now) + DAY + pick;
  const { recovery } = before;
  const document: Roster = {
    ...{ ...before, ...place },
    notAfter: kind === "renew" ? lasts : kind === "recover" ? lasts + recovery.delaySec + 30 * DAY : before.notAfter,
    admins: before.admins.map((each) => ({ ...each, creds: each.creds.filter((one) => one !== takes) })),
    recovery: kind === "keys" ? changed(recovery, pick) : recovery,
    ...(kind === "recover" ? { recover: true as const } : {}),
  };
  const bytes = encodeRoster(document);
  const { m, delaySec } = ruleOf(state, "roster.update");
  const delays: Readonly<Record<ModelLink["kind"], readonly [number, number]>> = {
    remove: [0, 0],
    renew: [delaySec, 0],
    keys: [Math.max(recovery.delaySec, delaySec), recovery.delaySec],
    recover: [recovery.delaySec, recovery.delaySec],
  };
  const { seq, prev, issued, acceptBy } = place;
  const model: ModelLink = {
    ...{ hash: docHash("roster", bytes), kind, seq, prev, issued, acceptBy, document, notAfter: document.notAfter },
    credentials: new Map([...state.credentials].filter(([credId]) => credId !== takes?.credId)),
    need: kind === "recover" ? recovery.m : m,
    ...{ delaySec: delays[kind][0], delayBefore: delays[kind][1] },
  };
  return { model, doc: encodeBase64url(bytes) };
}

/** The ids by which a roster's recovery keys sign. */
export function recoveryIds({ recovery }: Pick<Roster, "recovery">): ReadonlySet<string> {
  return new Set(recovery.keys.map(({ cose }) => deriveRawCredentialId(decodeBase64url(cose))));
}

/** Other rules of recovery: how many keys, how long, or a key fewer. */
function changed({ keys, m, delaySec }: Roster["recovery"], pick: number): Roster["recovery"] {
  if (pick % 3 === 0 && keys.length > 1) return { keys, m: m === 1 ? 2 : 1, delaySec };
  if (pick % 3 === 1 && keys.length > 1) return { keys: keys.slice(0, -1), m: 1, delaySec };
  return { keys, m, delaySec: delaySec === DAY ? 3 * DAY : DAY };
}

function documentOf({ rosters }: ModelState): Roster {
  const head = rosters.at(-1);
  if (head === undefined) throw new TypeError("a domain has a roster");
  return head.document;
}
