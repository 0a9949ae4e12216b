import {
  type Approval,
  type BuiltCommand,
  decodeBase64url,
  docHash,
  type Envelope,
  encodeReceipt,
  encodeState,
  findCredential,
  type Leaf,
  type LeafActor,
  type Receipt,
  type Roster,
  type RosterLink,
  type Signed,
  type State,
  stateHash,
  statesHash,
} from "@holdfast/protocol";
import type { DomainOptions, LinkOptions } from "../domain/software-domain.ts";
import { SoftwareDomain } from "../domain/software-domain.ts";
import { nextStates } from "./next-states.ts";
import { type LeafDraft, SoftwareLog } from "./software-log.ts";

/** What came of a command. */
export interface Applied {
  readonly receipt: Receipt;
  readonly signed: Signed;
  /** Index of the command's first leaf. */
  readonly leaf: number;
  /** Ids of the objects that it was about. */
  readonly ids: readonly string[];
  readonly envelope: { readonly envelope: Envelope; readonly bytes: Uint8Array<ArrayBuffer>; readonly hash: string };
}

const LINK_RESULTS = {
  roster: "applied",
  "roster.scheduled": "scheduled",
  "roster.signed": "scheduled",
  "roster.cancelled": "cancelled",
  "roster.refused": "refused",
} as const;

/** A domain with its log and the state of its objects: what an agent would have written down. */
export class SoftwareLedger {
  readonly domain: SoftwareDomain;
  readonly log: SoftwareLog;
  /** Newest state of every object by id; the domain's own under its tid. */
  readonly states = new Map<string, State>();

  constructor(domain: SoftwareDomain) {
    this.domain = domain;
    this.log = new SoftwareLog(domain);
    const { tid, clock } = domain;
    const dates = { created: clock.now() };
    this.states.set(tid, {
      typ: "state",
      ver: 1,
      tid,
      kind: "domain",
      id: tid,
      locked: false,
      recovering: false,
      dates,
    });
  }

  /** Founds a domain and begins its log. */
  static found(options: DomainOptions = {}): SoftwareLedger {
    return new SoftwareLedger(SoftwareDomain.found(options));
  }

  /**
   * Carries a command out without judging it: states, leaves, receipt, envelope beside the first leaf.
   *
   * @param change - Changes the receipt before it is signed.
   */
  apply(
    command: BuiltCommand,
    approvals: readonly Approval[] = [this.domain.approve([command])],
    change: (receipt: Receipt) => Receipt = (receipt) => receipt,
    intros?: readonly string[],
    proposal?: Approval,
  ): Applied {
    const { domain, log } = this;
    const { tid, clock } = domain;
    const steps = nextStates(command.command, {
      tid,
      now: clock.now(),
      hash: command.hash,
      find: (id) => this.states.get(id),
      ...(intros === undefined ? {} : { intros }),
    });
    const leaf = log.size;
    const written = steps.map(({ before, after, names }) => {
      const pre = before ? stateHash(encodeState(before)) : undefined;
      log.append({
        kind: command.command.act,
        ...entryOf(command, after?.id, clock.now()),
        actor: this.#actor(approvals),
        cause: { kind: "command", hash: command.hash },
        pre,
        ...(after === null ? {} : { state: after }),
        ...(names ? { names } : {}),
      });
      if (after === null) return { pre, post: undefined };
      this.states.set(after.id, after);
      return { pre, post: stateHash(encodeState(after)) };
    });
    const envelope = domain.envelope(command, approvals, {
      ...(intros === undefined ? {} : { intros }),
      ...(proposal === undefined ? {} : { proposal }),
    });
    const receipt = change(this.#receipt({ cmd: command.hash, envelope: envelope.hash, leaf, written }));
    const signed = domain.agent.sign("receipt", "receipt", encodeReceipt(receipt));
    log.attach(leaf, { receipt: signed, envelope: encode(envelope.bytes) });
    return { receipt, signed, leaf, ids: steps.flatMap(({ after }) => after?.id ?? []), envelope };
  }

  /**
   * Changes administrators or rules as an agent does: the wait of the link with its approvals, then the link in force.
   *
   * @param waitSeconds - How long the clock runs between the two; null leaves the wait out.
   */
  extend(
    change: (roster: Roster) => Roster,
    { waitSeconds = 86_400, ...options }: LinkOptions & { readonly waitSeconds?: number | null } = {},
  ): RosterLink {
    const { domain, log } = this;
    const roster = domain.nextRoster(change);
    const link = domain.signLink(roster, options);
    if (waitSeconds !== null) {
      this.recordLink("roster.scheduled", link);
      domain.clock.advance(waitSeconds);
    }
    const receiptOf = this.#linkReceipt("roster", link);
    domain.append(link, roster);
    log.recordLinks();
    receiptOf(log.size - 1);
    return link;
  }

  /** Records what became of a link that is not in force. */
  recordLink(
    kind: "roster.scheduled" | "roster.signed" | "roster.cancelled" | "roster.refused",
    link: Pick<RosterLink, "doc" | "approvals">,
    code?: string,
    data: NonNullable<Leaf["data"]> = {},
  ): void {
    const subject = docHash("roster", decodeBase64url(link.doc));
    const receiptOf = this.#linkReceipt(kind, link, code);
    this.log.append({ kind, subject, data, ...(code === undefined ? {} : { code }) });
    receiptOf(this.log.size - 1);
  }

  /** The receipt names the roster before the link. */
  #linkReceipt(kind: keyof typeof LINK_RESULTS, link: Pick<RosterLink, "doc" | "approvals">, code?: string) {
    const { domain, log } = this;
    const roster = { seq: domain.roster.seq, hash: domain.hash };
    const envelope = domain.envelope(link, link.approvals);
    return (leaf: number) => {
      const receipt: Receipt = {
        ...{ typ: "receipt", ver: 1, tid: domain.tid, aid: domain.agent.aid, result: LINK_RESULTS[kind] },
        ...{ cmd: docHash("roster", decodeBase64url(link.doc)), envelope: envelope.hash, leaf, count: 1 },
        ...{ size: log.size, root: log.root, roster, ts: domain.clock.now() },
        ...(code === undefined ? {} : { code }),
      };
      const signed = domain.agent.sign("receipt", "receipt", encodeReceipt(receipt));
      log.attach(leaf, { receipt: signed, envelope: encode(envelope.bytes) });
    };
  }

  #actor(approvals: readonly Approval[]): LeafActor {
    const ids = approvals.flatMap(({ credId }) => findCredential(this.domain.roster, credId)?.administrator.adm ?? []);
    if (this.domain.recovery === null) return { kind: "local" };
    return ids.length ? { kind: "admins", ids: [...new Set(ids)] } : { kind: "agent" };
  }

  #receipt(of: {
    readonly cmd: string;
    readonly envelope: string;
    readonly leaf: number;
    readonly written: readonly { readonly pre: string | undefined; readonly post: string | undefined }[];
  }): Receipt {
    const { domain, log } = this;
    const [only, ...more] = of.written;
    const single = more.length === 0;
    return {
      typ: "receipt",
      ver: 1,
      tid: domain.tid,
      cmd: of.cmd,
      envelope: of.envelope,
      aid: domain.agent.aid,
      result: "applied",
      ...(single && only?.pre !== undefined ? { pre: only.pre } : {}),
      post: single && only ? only.post : statesHash(of.written.map(({ post }) => post ?? "")),
      leaf: of.leaf,
      count: of.written.length,
      size: log.size,
      root: log.root,
      roster: { seq: domain.roster.seq, hash: domain.hash },
      ts: domain.clock.now(),
    };
  }
}

/** What an entry is about; an agent's clock is about the agent. */
function entryOf(
  { command, hash }: BuiltCommand,
  id: string | undefined,
  now: number,
): Pick<LeafDraft, "subject" | "data"> {
  if (command.act !== "clock.accept") return { subject: id ?? hash };
  return { subject: command.args.aid, data: { from: now, to: now } };
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
