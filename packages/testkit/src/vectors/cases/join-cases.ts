import {
  encodeBase64url,
  encodeCanonical,
  encodeRootTransfer,
  evidenceQuestion,
  parseCanonical,
  type RootTransfer,
  type Roster,
  type RosterAgent,
  type RosterLink,
  wordsOf,
} from "@holdfast/protocol";
import { SoftwareAgent } from "../../agent/software-agent.ts";
import { SoftwareDomain } from "../../domain/software-domain.ts";
import { SoftwareKey } from "../../keys/software-key.ts";
import { SoftwareTpm, type TpmKnobs } from "../../passkey/software-tpm.ts";
import { documentInput } from "../input-bytes.ts";
import { accepted, type Case, refused } from "../vector.ts";

const POINT = encodeBase64url(new Uint8Array(65).fill(4));
const TPM = new SoftwareTpm("kelp host");

function bundleCases(): Case[] {
  const domain = SoftwareDomain.found({ seed: "vector join" });
  const other = SoftwareDomain.found({ seed: "vector join, elsewhere" });
  const bundle = (by: SoftwareDomain, more: object = {}) => ({
    ...{ file: "join-bundle", ver: 1, tid: by.tid, chain: by.links, store: "none", ...more },
  });
  const words = wordsOf(domain.tid).join(" ");
  const check = "verifyJoinBundle";
  const bad = (code: string, name: string, given: object, why: string, said = words) =>
    refused(code, check, name, { bundle: given, words: said }, why);
  return [
    accepted(
      check,
      "of the domain whose words were read",
      { bundle: bundle(domain), words },
      {
        why: "its chain gives those words",
        near: "E_GENESIS",
      },
    ),
    accepted(
      check,
      "with words as a person types them",
      { bundle: bundle(domain), words: ` ${words.toUpperCase()}\n` },
      {
        why: "capitals and spaces",
        near: "E_GENESIS",
      },
    ),
    bad("E_GENESIS", "of another domain", bundle(other), "another domain's words"),
    bad(
      "E_GENESIS",
      "of another domain, called by this one's id",
      bundle(other, { tid: domain.tid }),
      "the chain decides",
    ),
    bad("E_GENESIS", "with one word less", bundle(domain), "all eight", wordsOf(domain.tid).slice(1).join(" ")),
    bad(
      "E_GENESIS",
      "whose chain begins later",
      bundle(domain, { chain: [linkAdding(domain)] }),
      "a genesis comes first",
    ),
    bad("E_SCHEMA", "that names a store", bundle(domain, { store: "postgres://db" }), "not in this version"),
    bad("E_SCHEMA", "with a member more", bundle(domain, { note: "x" }), "unknown members are refused"),
  ];
}

const linkAdding = (domain: SoftwareDomain): RosterLink =>
  domain.signLink(
    domain.nextRoster((roster) => ({ ...roster, notAfter: roster.notAfter + 1 })),
    { approval: { counter: 9 } },
  );

/** A domain that has taken a second agent in, and what its first agent sends it. */
function transferCases(): Case[] {
  const domain = SoftwareDomain.found({ seed: "vector transfer of the root" });
  const second = new SoftwareAgent("agent two", "vector second");
  const third = new SoftwareAgent("agent three", "vector third");
  const stranger = new SoftwareAgent("stranger", "vector stranger");
  const founded = [...domain.links];
  const signing = { approval: { counter: 9 } };
  const taking =
    (...agents: readonly RosterAgent[]) =>
    (roster: Roster): Roster => ({ ...roster, agents: [...roster.agents, ...agents] });
  domain.extend(taking(second.rosterEntry(), third.rosterEntry()), signing);
  const { tid, agent, roster, hash } = domain;
  const honest: RootTransfer = {
    ...{ typ: "rootxfer", ver: 1, tid, from: agent.aid, to: second.aid, roster: { seq: roster.seq, hash } },
    checkpoint: encodeBase64url(Buffer.from("a signed note", "ascii")),
    ...{ enc: POINT, ct: encodeBase64url(new Uint8Array(48)) },
  };
  const bytes = encodeRootTransfer(honest);
  const signed = (change: Partial<RootTransfer> = {}, by = agent) =>
    by.sign("rootxfer", "rootxfer", encodeRootTransfer({ ...honest, ...change }));
  const { aid, aik, alk, hpke } = second.rosterEntry();
  const input = (transfer: object, more: object = {}) => ({
    file: { file: "root-transfer", ver: 1, transfer, chain: domain.links },
    ...{ pinned: founded, own: { aid, aik, alk, hpke }, now: domain.clock.now(), ...more },
  });
  const check = "verifyRootTransfer";
  const ok = (name: string, given: Case["input"], why: string) => accepted(check, name, given, { why, near: "E_ROOT" });
  const bad = (code: string, name: string, given: Case["input"], why: string) => refused(code, check, name, given, why);
  const withChain = (transfer: object, chain: readonly RosterLink[], more: object = {}) => ({
    ...input(transfer, more),
    file: { file: "root-transfer", ver: 1, transfer, chain },
  });
  const later = [...domain.links, linkAdding(domain)];
  const swapped = (change: object) =>
    encodeBase64url(encodeCanonical({ ...parseCanonical(bytes, 65_536), ...change } as never));
  const altered = (change: object) => ({ ...signed(), doc: swapped(change) });
  const other = SoftwareDomain.found({ seed: "vector transfer, elsewhere" });
  other.extend(taking(second.rosterEntry()), signing);
  const parse = (code: string, name: string, change: object, why: string) =>
    refused(code, "parseRootTransfer", name, { bytes: { base64url: swapped(change) } }, why);
  return [
    accepted(
      "parseRootTransfer",
      "of a root key",
      { bytes: documentInput(bytes) },
      { why: "every member", near: "E_SCHEMA" },
    ),
    parse("E_SCHEMA", "with a longer ciphertext", { ct: encodeBase64url(new Uint8Array(49)) }, "32 bytes and a tag"),
    parse("E_SCHEMA", "without a checkpoint", { checkpoint: "" }, "the sender's newest"),
    parse("E_SCHEMA", "with a member more", { note: "x" }, "unknown members are refused"),
    parse("E_UNSUPPORTED", "of version 2", { ver: 2 }, "this is version 1"),
    accepted("rootTransferInfo", "binds all but what HPKE makes", { transfer: honest }, { why: "canonical header" }),
    ok("by the founding agent to the one taken in", input(signed()), "the newest roster names both"),
    ok("by an agent that was taken in itself", input(signed({ from: third.aid }, third)), "any agent of the roster"),
    ok("to one that has seen the link", input(signed(), { pinned: domain.links }), "as new as what it knows"),
    bad("E_ROOT", "by a stranger", input(signed({ from: stranger.aid }, stranger)), "no link has taken it in"),
    bad("E_ROOT", "by itself", input(signed({ from: aid }, second)), "another sends"),
    bad("E_ROOT", "to another agent", input(signed({ to: third.aid })), "sealed to another"),
    bad("E_ROOT", "of another domain", input(signed({ tid: other.tid })), "the pinned one only"),
    bad("E_ROOT", "with another domain's chain", withChain(signed(), other.links), "the words were another's"),
    bad(
      "E_ROOT",
      "with a chain that ends before what is known",
      withChain(signed(), founded, { pinned: domain.links }),
      "never back",
    ),
    bad("E_ROOT", "under an older roster than it brings", withChain(signed(), later), "the newest"),
    bad(
      "E_ROOT",
      "under another roster of that place",
      input(signed({ roster: { seq: roster.seq, hash: "A".repeat(43) } })),
      "by its hash",
    ),
    bad(
      "E_ROOT",
      "before a link has taken the receiver in",
      withChain(signed({ roster: { seq: 0, hash: domainHash(founded) } }), founded),
      "its own link first",
    ),
    bad(
      "E_ROOT",
      "to one whose key for it is another",
      input(signed(), { own: { aid, aik, alk, hpke: POINT } }),
      "the link names the key",
    ),
    bad("E_ROOT", "after the roster has run out", input(signed(), { now: roster.notAfter + 1 }), "renewed first"),
    bad("E_SIG", "signed by another agent", input({ ...signed(), sig: signed({}, third).sig }), "its sender signs"),
    bad("E_SIG", "signed for another purpose", input(agent.sign("rootxfer", "receipt", bytes)), "purpose rootxfer"),
    bad("E_SIG", "with another checkpoint", input(altered({ checkpoint: "AAAA" })), "signed along"),
    bad(
      "E_SIG",
      "with another ciphertext",
      input(altered({ ct: encodeBase64url(new Uint8Array(48).fill(1)) })),
      "signed along",
    ),
    bad(
      "E_SIG",
      "with another encapsulated key",
      input(altered({ enc: encodeBase64url(new Uint8Array(65).fill(5)) })),
      "signed along",
    ),
  ];
}

const domainHash = (links: readonly RosterLink[]): string => SoftwareDomain.hashOf(links.at(-1) as RosterLink);

function evidenceCases(): Case[] {
  const change = (roster: Roster): Roster => ({ ...roster, evidence: { roots: TPM.allowed.roots } });
  const asking = SoftwareDomain.found({ seed: "vector evidence" });
  asking.extend(change, { approval: { counter: 9 } });
  const free = SoftwareDomain.found({ seed: "vector evidence, not asked for" });
  const second = new SoftwareAgent("agent two", "vector evidence, second");
  const quoted = (by: SoftwareTpm, question = evidenceQuestion(second.aik.coseText)): RosterAgent => {
    const { message, signature } = by.quote(question);
    const x5c = by.chain.map(encodeBase64url);
    const evidence = [{ kind: "tpm", quote: encodeBase64url(message), sig: encodeBase64url(signature), x5c }] as const;
    return { ...second.rosterEntry(), evidence };
  };
  const given = (domain: SoftwareDomain, agent: RosterAgent) => ({
    chain: domain.links,
    link: domain.signLink(
      domain.nextRoster((roster) => ({ ...roster, agents: [...roster.agents, agent] })),
      { approval: { counter: 9 } },
    ),
    acceptedAt: domain.clock.now(),
  });
  const ok = (name: string, by: SoftwareDomain, agent: RosterAgent, why: string) =>
    accepted("acceptRosterLink", name, given(by, agent), { why, near: "E_EVIDENCE" });
  const bad = (name: string, by: SoftwareDomain, agent: RosterAgent, why: string) =>
    refused("E_EVIDENCE", "acceptRosterLink", name, given(by, agent), why);
  const by = (knobs: TpmKnobs) => new SoftwareTpm("kelp host", knobs);
  const copied = quoted(TPM, evidenceQuestion(asking.agent.aik.coseText));
  return [
    accepted("evidenceQuestion", "of an agent's key", { aik: second.aik.coseText }, { why: "a hash of the key" }),
    ok("that adds an agent with its machine's word", asking, quoted(TPM), "a quote over its key, by an allowed maker"),
    ok("that adds an agent without, where none is asked for", free, second.rosterEntry(), "the agent's word"),
    ok(
      "that adds an agent with a stranger's word, where none is asked for",
      free,
      quoted(new SoftwareTpm("another")),
      "bound to its key at least",
    ),
    bad("that adds an agent without, where it is asked for", asking, second.rosterEntry(), "it brings none"),
    bad("that adds an agent with another agent's evidence", asking, copied, "copied"),
    bad("that adds an agent with copied evidence, where none is asked for", free, copied, "never another's"),
    bad("that adds an agent with another maker's evidence", asking, quoted(new SoftwareTpm("another")), "not allowed"),
    bad(
      "that adds an agent with evidence signed by another",
      asking,
      quoted(by({ signer: SoftwareKey.make("ES256", "liar") })),
      "not the TPM's",
    ),
    bad(
      "that adds an agent with a certificate for something else",
      asking,
      quoted(by({ extensions: [] })),
      "a key that vouches",
    ),
    bad(
      "that adds an agent with rubbish for a quote",
      asking,
      { ...quoted(TPM), evidence: [{ kind: "tpm", quote: "AAAA", sig: "AAAA", x5c: ["AAAA"] }] },
      "what TPMs sign",
    ),
  ];
}

/** docs/spec/root-transfer.md: joining a domain. */
export function joinCases(): Case[] {
  return [...bundleCases(), ...transferCases(), ...evidenceCases()];
}
