import { docHash, encodeBase64url, encodeRoster, type Roster } from "@holdfast/protocol";
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

/** Proposes a link on what the model knows: a person's second passkey goes, or, where none has two, the roster lasts longer. */
export function proposeLink(state: ModelState, asked: ModelLink["kind"], pick: number): Omit<Link, "decisions"> {
  const { rand: _, ...before } = documentOf(state);
  const now = timeOf(state.clock);
  const second = before.admins.flatMap(({ creds }) => creds.slice(1))[pick % 2];
  const lasts = now < before.notAfter;
  const kind: ModelLink["kind"] = asked === "remove" && second !== undefined && lasts ? "remove" : "renew";
  const place = {
    tid: state.tid,
    seq: state.rosters.length,
    prev: state.roster.hash,
    issued: now,
    acceptBy: now + 7 * DAY,
  };
  const document: Roster =
    kind === "remove"
      ? {
          ...before,
          ...place,
          admins: before.admins.map((each) => ({ ...each, creds: each.creds.filter((one) => one !== second) })),
        }
      : { ...before, ...place, notAfter: Math.max(before.notAfter, now) + DAY + pick };
  const bytes = encodeRoster(document);
  const { m, delaySec } = ruleOf(state, "roster.update");
  const credentials = new Map(
    [...state.credentials].filter(([credId]) => kind === "renew" || credId !== second?.credId),
  );
  const { seq, prev, issued, acceptBy } = place;
  const { notAfter } = document;
  const model: ModelLink = {
    hash: docHash("roster", bytes),
    kind,
    seq,
    prev,
    issued,
    acceptBy,
    notAfter,
    credentials,
    need: m,
    delaySec,
    document,
  };
  return { model, doc: encodeBase64url(bytes) };
}

function documentOf({ rosters }: ModelState): Roster {
  const head = rosters.at(-1);
  if (head === undefined) throw new TypeError("a domain has a roster");
  return head.document;
}
