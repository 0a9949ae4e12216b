import {
  backupHash,
  type CanonicalObject,
  type EscrowedManifest,
  encodeBase32,
  encodeBase64url,
  encodeCanonical,
  encodeEscrowedManifest,
  encodeSealedShares,
  parseCanonical,
  type ReleaseOrder,
} from "@holdfast/protocol";
import { SoftwareDomain } from "../../domain/software-domain.ts";
import { publicPoint } from "../../keys/deterministic-ecdsa.ts";
import { seededRandom } from "../../random/seeded-random.ts";
import { documentInput } from "../input-bytes.ts";
import { accepted, type Case, refused } from "../vector.ts";

const MANIFEST = "parseEscrowedManifest";
const SHARES = "parseSealedShares";
const RELEASE = "checkReleaseOrder";

/** docs/spec/backup.md, full form: manifests, shares, and what lets a custodian give one. */
export function escrowCases(): Case[] {
  const domain = SoftwareDomain.found({ seed: "vector escrow", administrators: 2 });
  return [...hashCases(), ...documentCases(domain), ...releaseCases(domain)];
}

const bytes = (name: string, size: number) => seededRandom(`escrow ${name}`)(size);
const text = (name: string, size: number) => encodeBase64url(bytes(name, size));
const point = (name: string) => encodeBase64url(publicPoint(bytes(name, 32)));
const seat = (name: string) => encodeBase32(bytes(`seat ${name}`, 16));
const NAMES = ["Maria", "Jonas", "Li"];

function hashCases(): Case[] {
  const share = encodeBase64url(Uint8Array.of(2, ...bytes("share", 32)));
  const tid = "abcdefghijklmnopqrstuvwxye";
  return [
    accepted(
      "shareCommitment",
      "of a salt and a share",
      { salt: text("salt", 32), share },
      { why: "tag, salt, share" },
    ),
    accepted("drillAnswer", "to a nonce", { nonce: text("nonce", 32), share }, { why: "another tag" }),
    accepted(
      "passkeySalt",
      "of a domain and a seat",
      { tid, seat: seat("Maria") },
      { why: "of one seat in one domain" },
    ),
    accepted(
      "shareInfo",
      "of a share in a backup",
      { info: { tid, manifest: text("hash", 32), shareId: seat("Maria"), purpose: "escrow" } },
      { why: "canonical" },
    ),
    accepted(
      "shareInfo",
      "of a share on its way",
      {
        info: {
          ...{ tid, manifest: text("hash", 32), shareId: seat("Maria"), purpose: "release" },
          ...{ releaseCmd: text("command", 32), recipient: point("recipient") },
        },
      },
      { why: "canonical, with whom it is for" },
    ),
  ];
}

function manifestOf(domain: SoftwareDomain): EscrowedManifest {
  const { tid, agent, roster, hash, clock } = domain;
  return {
    ...{ typ: "backup", ver: 1, tid, aid: agent.aid, aik: agent.aik.coseText, made: clock.now(), nonce: text("n", 16) },
    ...{ backupTo: point("recovery"), rootCommit: text("root", 32), roster: { seq: roster.seq, hash } },
    ...{ checkpoint: text("checkpoint", 120), size: 12, keys: 3, root: text("sealed root", 61) },
    blob: { bytes: 70_000, sha256: text("blob", 32) },
    escrow: {
      ...{ k: 2, salt: text("salt", 32) },
      custodians: NAMES.map((label) => ({
        ...{ seat: seat(label), label, commit: text(`commit ${label}`, 32) },
        routes: [{ route: "file", hpke: point(label) }],
      })),
    },
  };
}

function sharesOf(domain: SoftwareDomain, manifest: string): Uint8Array<ArrayBuffer> {
  return encodeSealedShares({
    ...{ typ: "shares", ver: 1, tid: domain.tid, manifest, chain: domain.links },
    shares: NAMES.map((label) => ({
      seat: seat(label),
      sealed: [{ enc: point(`enc ${label}`), ct: text(`ct ${label}`, 49) }],
    })),
  });
}

function documentCases(domain: SoftwareDomain): Case[] {
  const manifest = encodeEscrowedManifest(manifestOf(domain));
  const shares = sharesOf(domain, backupHash(manifest));
  const members = parseCanonical(manifest, 65_536);
  const escrow = members["escrow"] as CanonicalObject;
  const [first] = escrow["custodians"] as CanonicalObject[];
  const bad = (code: string, name: string, change: object, why: string) =>
    refused(code, MANIFEST, name, { bytes: documentInput(encodeCanonical({ ...members, ...change })) }, why);
  const withRoute = (route: object) => ({ escrow: { ...escrow, custodians: [{ ...first, routes: [route] }] } });
  const other = parseCanonical(shares, 8_388_608);
  const badShares = (code: string, name: string, change: object, why: string) =>
    refused(code, SHARES, name, { bytes: documentInput(encodeCanonical({ ...other, ...change })) }, why);
  return [
    accepted(
      MANIFEST,
      "for three custodians",
      { bytes: documentInput(manifest) },
      { why: "as made", near: "E_SCHEMA" },
    ),
    bad("E_SCHEMA", "with nobody", { escrow: { ...escrow, custodians: [] } }, "somebody holds a share"),
    bad("E_SCHEMA", "that needs no share", { escrow: { ...escrow, k: 0 } }, "at least one"),
    bad("E_SCHEMA", "with a short salt", { escrow: { ...escrow, salt: "AAAA" } }, "32 bytes"),
    bad("E_SCHEMA", "with a way of no known kind", withRoute({ route: "mail", hpke: point("Maria") }), "a closed list"),
    bad(
      "E_SCHEMA",
      "with a passkey without its id",
      withRoute({ route: "passkey", hpke: point("Maria") }),
      "to ask it",
    ),
    bad("E_SCHEMA", "with a member more", { names: ["orders"] }, "no names of keys"),
    bad("E_UNSUPPORTED", "that is a command", { typ: "cmd" }, "each kind offered as another"),
    bad("E_UNSUPPORTED", "of version 2", { ver: 2 }, "this is version 1"),
    accepted(SHARES, "with the chain", { bytes: documentInput(shares) }, { why: "as made", near: "E_SCHEMA" }),
    badShares("E_SCHEMA", "without the chain", { chain: undefined }, "releases are checked against it"),
    badShares("E_SCHEMA", "of no backup", { manifest: "AAAA" }, "a hash"),
    badShares("E_UNSUPPORTED", "that are a manifest", { typ: "backup" }, "each kind offered as another"),
  ];
}

function releaseCases(domain: SoftwareDomain): Case[] {
  const made = releaseOf(domain);
  const { order, now } = made;
  const stranger = releaseOf(SoftwareDomain.found({ seed: "vector escrow stranger", administrators: 2 }));
  const input = (change: Partial<ReleaseOrder>, at = now): Case["input"] => ({
    order: { ...order, ...change },
    now: at,
  });
  const good = (name: string, given: Case["input"], near: string, why: string) =>
    accepted(RELEASE, name, given, { why, near });
  const bad = (code: string, name: string, given: Case["input"], why: string) =>
    refused(code, RELEASE, name, given, why);
  return [
    good("with both approvals", input({}), "E_TENANT", "manifest, chain, command and approvals fit"),
    good("with one of two", input({ envelope: made.envelope([0]) }), "E_CRED_UNKNOWN", "it may still come: have is 1"),
    good("at its last second", input({}, made.exp), "E_EXPIRED", "until then"),
    bad("E_EXPIRED", "a second after its end", input({}, made.exp + 1), "until then"),
    bad("E_EXPIRED", "long before it was proposed", input({}, now - 601), "no clock is so wrong"),
    bad(
      "E_SIG",
      "with a manifest that another agent signed",
      input({ manifestSig: stranger.order.manifestSig }),
      "aik",
    ),
    bad("E_TENANT", "with the shares of another domain", input({ shares: stranger.order.shares }), "of this backup"),
    bad(
      "E_TENANT",
      "with the command of another domain",
      input({ envelope: stranger.order.envelope }),
      "of this domain",
    ),
    bad("E_ARGS", "of another backup", input({ envelope: made.other({ backup: text("other", 32) }) }), "named by hash"),
    bad("E_ARGS", "that is another act", input({ envelope: made.drill() }), "a drill releases nothing"),
    bad("E_ARGS", "that was rejected", input({ envelope: made.rejected() }), "one no is enough"),
    bad("E_CRED_UNKNOWN", "approved by a stranger", input({ envelope: made.by(stranger.approval) }), "of the roster"),
  ];
}

function releaseOf(domain: SoftwareDomain) {
  const manifest = encodeEscrowedManifest(manifestOf(domain));
  const backup = backupHash(manifest);
  const propose = (args: object = {}) =>
    domain.propose({ act: "escrow.release", args: { backup, recipient: point("recipient"), ...args } });
  const command = propose();
  const approvals = domain.administrators.map((by) => domain.approve([command], { by }));
  const envelopeOf = (of: { readonly doc: string }, given = approvals) =>
    encodeBase64url(domain.envelope(of, given).bytes);
  const [first, second] = domain.administrators;
  return {
    order: {
      manifest: encodeBase64url(manifest),
      manifestSig: domain.agent.aik.signRaw("manifest", backup),
      shares: encodeBase64url(sharesOf(domain, backup)),
      envelope: envelopeOf(command),
    },
    now: command.command.issued,
    exp: command.command.exp,
    approval: domain.approve([command]),
    envelope: (by: readonly number[]) =>
      envelopeOf(
        command,
        approvals.filter((_, at) => by.includes(at)),
      ),
    by: (approval: (typeof approvals)[number]) => envelopeOf(command, [{ ...approval, list: [command.hash] }]),
    other: (args: object) => envelopeOf(propose(args), []),
    drill: () => envelopeOf(domain.propose({ act: "escrow.drill", args: { backup } }), []),
    rejected: () =>
      envelopeOf(command, [
        domain.approve([command], { by: first }),
        domain.approve([command], { by: second, decision: 2 }),
      ]),
  };
}
