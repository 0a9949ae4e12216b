import type { LinkProof } from "@holdfast/custody-report";
import type { LeafActor, RosterLink, VerifiedRoster } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { LinkConclusion } from "../lifecycle/command-writes.ts";
import type { Executor } from "../lifecycle/executor.ts";
import type { Outcome } from "../lifecycle/outcome.ts";
import type { LinkVerdict } from "./judge-link.ts";
import { type LinkContext, recheckLink } from "./judge-link.ts";
import type { ReadLink } from "./link-envelope.ts";
import type { LinkWait, ProposedLink, ProposedLinks } from "./proposed-links.ts";

/** Where what became of links is written. */
export interface LinkWriter {
  readonly context: LinkContext;
  readonly executor: Executor;
  readonly proposed: ProposedLinks;
}

type Accepted = Extract<LinkVerdict, { kind: "accepted" }>;

/** Puts a link in force: chain, entry and receipt, and the end of every other link for its place, in one transaction. */
export function applyLink(
  read: ReadLink,
  accepted: Accepted,
  actor: LeafActor,
  due: boolean,
  writer: LinkWriter,
): Outcome {
  const { context, executor, proposed } = writer;
  const { link, next, pinned } = accepted;
  const { seq } = next.roster;
  const applied: LinkConclusion = {
    ...of(read, actor, { seq }),
    kind: "roster",
    rows(unit, n) {
      unit.putRow("roster_link", String(seq), link, n);
      proposed.end(unit, read.hash);
      unit.afterCommit(() => context.rosters.append(link, next));
    },
  };
  const overtaken = proposed.waiting().filter(({ read: { hash } }) => hash !== read.hash);
  const outcome = executor.concludeLinks(
    () => recheckLink(read, pinned, context, due),
    [applied, ...overtaken.map((each) => giveWay(each, proposed))],
  );
  // Those that nobody has accepted could not be any more.
  for (const each of proposed.all()) proposed.drop(each.read.hash);
  return outcome;
}

/** A link that the lost log had in force, as a restored agent takes it. */
export interface LearntLink {
  readonly link: RosterLink;
  readonly next: VerifiedRoster;
  readonly pinned: VerifiedRoster;
  /** What proves that it was. */
  readonly proof: LinkProof;
  readonly actor: LeafActor;
}

/** Puts a link in force that the lost log had in force already. What waited for its place gives way. */
export function learnLink(read: ReadLink, learnt: LearntLink, { context, executor, proposed }: LinkWriter): void {
  const { link, next, pinned, proof, actor } = learnt;
  const { seq } = next.roster;
  const entry: LinkConclusion = {
    ...of(read, actor, { seq, learnt: { ...proof, proof: [...proof.proof] } }),
    kind: "roster",
    rows(unit, n) {
      unit.putRow("roster_link", String(seq), link, n);
      proposed.end(unit, read.hash);
      unit.afterCommit(() => context.rosters.append(link, next));
    },
  };
  const overtaken = proposed.waiting().filter((each) => each.read.hash !== read.hash);
  const recheck = () => {
    if (context.rosters.current().hash !== pinned.hash) throw new AdmissionError("E_ROSTER_STALE");
    if (!context.keystore.domain().recovering) throw new AdmissionError("E_PRESTATE");
  };
  executor.concludeLinks(recheck, [entry, ...overtaken.map((each) => giveWay(each, proposed))]);
  for (const each of proposed.all()) proposed.drop(each.read.hash);
}

/** Begins a link's delay. @param giving - Links that give way to it. */
export function scheduleLink(
  link: ProposedLink & { readonly wait: LinkWait },
  { pinned }: Accepted,
  actor: LeafActor,
  giving: readonly ProposedLink[],
  { context, executor, proposed }: LinkWriter,
): Outcome {
  const { read, wait } = link;
  const { delaySec, reason, dueAt } = wait;
  const { seq } = read.roster;
  const scheduled: LinkConclusion = {
    ...of(read, actor, { seq, delaySec, reason, due: dueAt }),
    kind: "roster.scheduled",
    rows: (unit, n) => proposed.schedule(unit, link, n),
  };
  return executor.concludeLinks(
    () => recheckLink(read, pinned, context, false),
    [scheduled, ...giving.map((each) => giveWay(each, proposed))],
  );
}

/** How a link ends without being in force. */
export interface LinkEnd {
  readonly kind: "roster.cancelled" | "roster.refused";
  readonly code: string;
  readonly actor: LeafActor;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Ends a link for good. */
export function endLink(read: ReadLink, end: LinkEnd, { context, executor, proposed }: LinkWriter): Outcome {
  const { kind, code, actor, data } = end;
  const before = context.index.link(read.hash)?.n ?? null;
  const ended: LinkConclusion = {
    ...of(read, actor, { seq: read.roster.seq, ...data }),
    ...{ kind, code },
    rows: (unit) => proposed.end(unit, read.hash),
  };
  // Nothing else writes about a link meanwhile but its own application, and that one it must not undo.
  const recheck = () => {
    if ((context.index.link(read.hash)?.n ?? null) !== before) throw new RangeError("the link changed meanwhile");
  };
  return executor.concludeLinks(recheck, [ended]);
}

/** Another link has its place, or goes before. */
function giveWay({ read }: ProposedLink, proposed: ProposedLinks): LinkConclusion {
  return {
    ...of(read, { kind: "agent" }, { seq: read.roster.seq }),
    ...{ kind: "roster.refused", code: "E_ROSTER_SEQ" },
    rows: (unit) => proposed.end(unit, read.hash),
  };
}

/** What every entry about a link says of it. */
export function of({ hash, envelopeHash, bytes }: ReadLink, actor: LeafActor, data: Readonly<Record<string, unknown>>) {
  return { hash, envelopeHash, envelope: bytes, actor, data };
}
