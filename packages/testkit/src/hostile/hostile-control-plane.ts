import {
  decodeBase64url,
  type Entry,
  encodeBase64url,
  encodeLeaf,
  encodeReceipt,
  type Leaf,
  parseLeaf,
  parseReceipt,
  type Receipt,
  type Roster,
  type RosterLink,
  type Signed,
  type SupportedAct,
} from "@holdfast/protocol";
import { formatNote, noteSignature } from "@holdfast/tlog";
import { SoftwareAgent } from "../agent/software-agent.ts";
import { SoftwareAdministrator } from "../domain/software-administrator.ts";
import { type Proposal, SoftwareDomain } from "../domain/software-domain.ts";

/**
 * What a control plane that lies can make out of all it has seen: everything but its customers' signatures.
 *
 * Each method gives what an agent, a browser or a verifier would then be handed; the tests say what it must answer.
 */
export class HostileControlPlane {
  readonly victim: SoftwareDomain;
  /** An administrator of its own making. */
  readonly stranger: SoftwareAdministrator;
  /** An agent of its own making. */
  readonly impostor: SoftwareAgent;

  constructor(victim: SoftwareDomain) {
    this.victim = victim;
    this.stranger = new SoftwareAdministrator({ label: "Mallory", seed: `stranger ${victim.seed}` });
    this.impostor = new SoftwareAgent("agent one", `impostor ${victim.seed}`);
  }

  /** A command that it proposes and its own passkey approves. */
  forgedEnvelope<A extends SupportedAct>(proposal: Proposal<A>): Uint8Array<ArrayBuffer> {
    const command = this.victim.propose(proposal);
    return this.victim.envelope(command, [this.victim.approve([command], { by: this.stranger })]).bytes;
  }

  /** A command approved with the stranger's passkey under the credential id of an administrator. */
  impersonatingEnvelope<A extends SupportedAct>(proposal: Proposal<A>): Uint8Array<ArrayBuffer> {
    const command = this.victim.propose(proposal);
    const credId = this.victim.administrators[0]?.credentials[0]?.credId ?? "";
    const approval = this.victim.approve([command], { by: this.stranger });
    return this.victim.envelope(command, [{ ...approval, credId }]).bytes;
  }

  /** An environment of its own with the victim's names: what it would show instead. */
  lookalike(): SoftwareDomain {
    return SoftwareDomain.found({
      seed: `lookalike ${this.victim.seed}`,
      clock: this.victim.clock,
      administrators: this.victim.administrators.map(({ label, groups }) => ({ label, groups })),
    });
  }

  /** A link that makes the stranger the only administrator, signed by the stranger alone. */
  usurpingLink(): RosterLink {
    const roster = this.victim.nextRoster((next) => ({
      ...next,
      admins: [this.stranger.rosterEntry()],
      policy: next.policy.map((rule) => ({ ...rule, m: 1 })),
    }));
    return this.victim.signLink(roster, { approvers: [this.stranger], added: [this.stranger] });
  }

  /** A link that adds the stranger, with approvals that the administrators gave to another link. */
  graftedLink(approved: RosterLink): RosterLink {
    const roster = this.victim.nextRoster((next) => ({
      ...next,
      admins: [...next.admins, this.stranger.rosterEntry()],
    }));
    const signed = this.victim.signLink(roster, { approvers: [], added: [this.stranger] });
    return { ...signed, approvals: [...approved.approvals, ...signed.approvals] };
  }

  /** A link without some of its approvals. */
  strippedLink(link: RosterLink, keep = 0): RosterLink {
    return { ...link, approvals: link.approvals.slice(0, keep) };
  }

  /** A receipt that it wrote itself, signed by its own agent. */
  forgedReceipt(signed: Signed, change: (receipt: Receipt) => Receipt = (receipt) => receipt): Signed {
    const receipt = change(parseReceipt(decodeBase64url(signed.doc)));
    return this.impostor.sign("receipt", "receipt", encodeReceipt(receipt));
  }

  /** A receipt that it changed under the agent's signature. */
  alteredReceipt(signed: Signed, change: (receipt: Receipt) => Receipt): Signed {
    const receipt = change(parseReceipt(decodeBase64url(signed.doc)));
    return { ...signed, doc: encodeBase64url(encodeReceipt(receipt)) };
  }

  /** A log entry that says something else. */
  alteredEntry(entry: Entry, change: (leaf: Leaf) => Leaf): Entry {
    return { ...entry, leaf: encodeBase64url(encodeLeaf(change(parseLeaf(decodeBase64url(entry.leaf))))) };
  }

  /** A log entry that opens to another name than the agent committed to. */
  misnamedEntry(entry: Entry, label: string): Entry {
    const { opens } = entry;
    return opens?.label ? { ...entry, opens: { ...opens, label: { ...opens.label, value: label } } } : entry;
  }

  /** A log without one of its entries, the later ones moved up. */
  shortenedLog(entries: readonly Entry[], without: number): Entry[] {
    return entries
      .filter((_, index) => index !== without)
      .map((entry, index) => ({ ...this.alteredEntry(entry, (leaf) => ({ ...leaf, n: index })), n: index }));
  }

  /** A checkpoint with its text, signed by its own agent instead. */
  forgedCheckpoint(note: string): string {
    const [text = ""] = note.split("\n\n");
    const signer = this.impostor.noteSigner(this.victim.tid);
    const signature = this.impostor.alk.sign(new TextEncoder().encode(`${text}\n`));
    return formatNote({ text: `${text}\n`, signatures: [noteSignature(signer.key, signature)] });
  }

  /** The roster that it would like: every act needs one approval, given on its own page. */
  convenientRoster(): Roster {
    return this.victim.nextRoster((next) => ({
      ...next,
      policy: next.policy.map((rule) => ({ ...rule, m: 1, delaySec: 0 })),
    }));
  }
}
