import {
  type Approval,
  type ArgsOf,
  type BuiltCommand,
  type Command,
  commandHash,
  decodeBase64url,
  deriveTid,
  docHash,
  type Envelope,
  type Expected,
  encodeBase64url,
  encodeCommand,
  encodeEnvelope,
  encodeRoster,
  isTightening,
  type Roster,
  type RosterChain,
  type RosterLink,
  type SupportedAct,
  type TargetOf,
  type Verified,
  verifyRosterChain,
} from "@holdfast/protocol";
import { SoftwareAgent } from "../agent/software-agent.ts";
import { FakeClock } from "../clock/fake-clock.ts";
import type { SoftwareKey } from "../keys/software-key.ts";
import { nextSeed } from "../random/next-seed.ts";
import { type RandomBytes, seededRandom } from "../random/seeded-random.ts";
import { type ApprovalOptions, approveBy, approveRaw } from "./approve.ts";
import { genesisRoster, possessRecoveryKey, recoveryKey, signGenesis } from "./found-domain.ts";
import { type AdministratorOptions, SoftwareAdministrator } from "./software-administrator.ts";

/** What kind of domain is founded. */
export interface DomainOptions {
  readonly seed?: string;
  readonly clock?: FakeClock;
  /** How many administrators with a passkey each, or what they are like; one by default. */
  readonly administrators?: number | readonly AdministratorOptions[];
  /** A local administrator instead. */
  readonly local?: boolean;
  /** Changes the genesis before it is signed. */
  readonly change?: (roster: Roster) => Roster;
}

/** What a command says. */
export interface Proposal<A extends SupportedAct> {
  readonly act: A;
  readonly args: ArgsOf<A>;
  readonly target?: TargetOf<A>;
  readonly expect?: Expected;
  readonly issued?: number;
  readonly ttlSec?: number;
  readonly reason?: string;
  readonly proposer?: string;
  /** Changes the command before it is encoded. */
  readonly change?: (command: Command) => Command;
}

/** Who signs a link, and what is done to it. */
export interface LinkOptions {
  readonly approvers?: readonly SoftwareAdministrator[];
  /** Administrators whose credentials are new in it. */
  readonly added?: readonly SoftwareAdministrator[];
  /** Recovery keys that are new in it. */
  readonly keys?: readonly SoftwareKey[];
  readonly approval?: ApprovalOptions;
}

/** Who signs a recovery. */
export interface RecoveryOptions {
  readonly keys?: readonly SoftwareKey[];
  readonly possession?: RosterLink["possession"];
}

const NAMES = ["Ada", "Grace", "Emmy", "Sofia", "Mary", "Hedy", "Karen", "Radia"];
/** A custody domain in memory: its people, its agent, its roster chain, and whatever they sign. */
export class SoftwareDomain {
  readonly seed: string;
  readonly clock: FakeClock;
  readonly agent: SoftwareAgent;
  readonly administrators: SoftwareAdministrator[];
  /** Null in a domain with a local administrator. */
  readonly recovery: SoftwareKey | null;
  readonly tid: string;
  /** The roster chain, genesis first. */
  readonly links: RosterLink[] = [];
  readonly random: RandomBytes;
  #roster: Roster;
  #hash: string;

  private constructor(options: DomainOptions) {
    const { seed = nextSeed("domain"), clock = new FakeClock(), local = false } = options;
    this.seed = seed;
    this.clock = clock;
    this.random = seededRandom(`domain ${seed}`);
    this.agent = new SoftwareAgent("agent one", seed);
    this.administrators = local ? [SoftwareAdministrator.local(seed)] : people(options.administrators ?? 1, seed);
    this.recovery = local ? null : recoveryKey(seed);
    const genesis = genesisRoster({ ...this.#founders(), now: clock.now() });
    this.#roster = options.change ? options.change(genesis) : genesis;
    const bytes = encodeRoster(this.#roster);
    this.tid = deriveTid(bytes);
    this.#hash = docHash("roster", bytes);
    this.links.push(signGenesis(this.#roster, this.#founders()));
  }

  /** Founds a domain: genesis by registration, or a local one. */
  static found(options: DomainOptions = {}): SoftwareDomain {
    return new SoftwareDomain(options);
  }

  /** docHash of a link's roster. */
  static hashOf({ doc }: RosterLink): string {
    return docHash("roster", decodeBase64url(doc));
  }

  /** The newest roster. */
  get roster(): Roster {
    return this.#roster;
  }

  /** docHash of the newest roster. */
  get hash(): string {
    return this.#hash;
  }

  /** The chain as the protocol verifies it. */
  verified(): Promise<Verified<RosterChain>> {
    return verifyRosterChain(this.links);
  }

  /** The roster that follows the newest one, changed. */
  nextRoster(change: (roster: Roster) => Roster = (roster) => roster): Roster {
    const { rand: _, recover: __, ...roster } = this.#roster;
    const now = this.clock.now();
    const { seq, issued, acceptBy } = roster;
    const next = { ...roster, tid: this.tid, seq: seq + 1, prev: this.#hash };
    return change({ ...next, issued: now, acceptBy: now + (acceptBy - issued) });
  }

  /** Signs a roster as the next link, without appending it. All administrators approve unless it says who. */
  signLink(
    roster: Roster,
    { approvers = this.administrators, added = [], keys = [], approval = {} }: LinkOptions = {},
  ): RosterLink {
    const bytes = encodeRoster(roster);
    const hash = docHash("roster", bytes);
    return {
      doc: encodeBase64url(bytes),
      approvals: [...approvers, ...added.filter((one) => !approvers.includes(one))].map((one) =>
        approveBy(one, [hash], approval),
      ),
      possession: [
        ...added.flatMap((one) => one.possess(this.agent.aid, hash)),
        ...keys.map((key) => possessRecoveryKey(this.agent.aid, key)),
      ],
    };
  }

  /** Signs a roster as a recover link: by the recovery keys, this domain's unless it says which. */
  signRecovery(
    roster: Roster,
    { keys = this.recovery ? [this.recovery] : [], possession = [] }: RecoveryOptions = {},
  ): RosterLink {
    const bytes = encodeRoster(roster);
    const hash = docHash("roster", bytes);
    const approvals = keys.map((key) => approveRaw(key, [hash], "recover"));
    return { doc: encodeBase64url(bytes), approvals, possession };
  }

  /** Signs the next link and appends it. */
  extend(change: (roster: Roster) => Roster, options: LinkOptions = {}): RosterLink {
    const roster = this.nextRoster(change);
    const link = this.signLink(roster, options);
    this.append(link, roster);
    for (const one of options.added ?? []) if (!this.administrators.includes(one)) this.administrators.push(one);
    return link;
  }

  /** Takes a signed link as the newest. */
  append(link: RosterLink, roster: Roster): void {
    this.links.push(link);
    this.#roster = roster;
    this.#hash = docHash("roster", encodeRoster(roster));
  }

  /** Builds a command; its nonce follows from the domain's seed. */
  propose<A extends SupportedAct>(proposal: Proposal<A>): BuiltCommand {
    const { act, args, target, ttlSec = 3600, reason = "", proposer, issued = this.clock.now() } = proposal;
    const { head, ...rest } = proposal.expect ?? {};
    const expect = isTightening(act) ? rest : { ...rest, head };
    const command = {
      typ: "cmd",
      ver: 1,
      tid: this.tid,
      act,
      args,
      target,
      expect: Object.values(expect).some((value) => value !== undefined) ? expect : undefined,
      roster: { seq: this.#roster.seq, hash: this.#hash },
      issued,
      exp: issued + ttlSec,
      proposer,
      nonce: encodeBase64url(this.random(16)),
      reason,
    } as unknown as Command;
    const changed = proposal.change ? proposal.change(command) : command;
    const bytes = encodeCommand(changed);
    return { bytes, doc: encodeBase64url(bytes), hash: commandHash(bytes), command: changed };
  }

  /** One touch over several commands, by the first administrator unless it says who. */
  approve(
    commands: readonly Pick<BuiltCommand, "hash">[],
    {
      by = this.administrators[0],
      ...options
    }: ApprovalOptions & { readonly by?: SoftwareAdministrator | undefined } = {},
  ): Approval {
    if (by === undefined) throw new TypeError("the domain has no administrators");
    return approveBy(
      by,
      commands.map(({ hash }) => hash),
      options,
    );
  }

  /** A command with its approvals as it travels. */
  envelope(
    command: Pick<BuiltCommand, "doc">,
    approvals: readonly Approval[],
    more: Pick<Envelope, "proposal" | "intros"> = {},
  ): { readonly envelope: Envelope; readonly bytes: Uint8Array<ArrayBuffer>; readonly hash: string } {
    const envelope: Envelope = { typ: "env", ver: 1, doc: command.doc, approvals, ...more };
    const bytes = encodeEnvelope(envelope);
    return { envelope, bytes, hash: docHash("env", bytes) };
  }

  #founders() {
    const { seed, agent, administrators, recovery } = this;
    return { seed, agent, administrators, recovery, now: this.clock.now() };
  }
}

function people(given: number | readonly AdministratorOptions[], seed: string): SoftwareAdministrator[] {
  const all = typeof given === "number" ? Array.from({ length: given }, () => ({})) : given;
  return all.map((options, index) => {
    const label = NAMES[index % NAMES.length] ?? "Ada";
    return new SoftwareAdministrator({ label, seed: `${seed} ${index}`, ...options });
  });
}
