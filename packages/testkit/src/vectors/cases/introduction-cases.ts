import {
  type Administrator,
  type CanonicalObject,
  encodeBase64url,
  encodeCanonical,
  encodeRoster,
  parseCanonical,
} from "@holdfast/protocol";
import { recoveryKey } from "../../domain/found-domain.ts";
import { SoftwareAdministrator } from "../../domain/software-administrator.ts";
import { SoftwareDomain } from "../../domain/software-domain.ts";
import {
  introduceAdministrator,
  introduceReplacementKey,
  softwareIntroduction,
} from "../../domain/software-introduction.ts";
import type { SoftwareKey } from "../../keys/software-key.ts";
import { documentInput } from "../input-bytes.ts";
import { accepted, type Case, refused } from "../vector.ts";

const PARSE = "parseIntroduction";
const VERIFY = "verifyIntroductions";
const LINK = "verifyLinkIntroductions";
const HASH = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const OTHER = "abcdefghijklmnopqrstuvwxye";

/** docs/spec/introduction.md: what newcomers give, and what a command says of it. */
export function introductionCases(): Case[] {
  const domain = SoftwareDomain.found({ seed: "vector introductions" });
  return [...documentCases(domain), ...commandCases(domain), ...linkCases(domain), ...wordCases()];
}

function documentCases(domain: SoftwareDomain): Case[] {
  const key = softwareIntroduction(domain, "client-key");
  const members = parseCanonical(key.bytes, 16_384);
  const object = members["object"] as CanonicalObject;
  const good = (name: string, bytes: Uint8Array, why: string) =>
    accepted(PARSE, name, { bytes: documentInput(bytes) }, { why, near: "E_SCHEMA" });
  const bad = (code: string, name: string, change: object, why: string) =>
    refused(code, PARSE, name, { bytes: documentInput(encodeCanonical({ ...members, ...change })) }, why);
  const kinds = [
    "client-key",
    "custodian",
    "recipient",
    "import",
    "administrator",
    "witness",
    "replacement-key",
  ] as const;
  return [
    ...kinds.map((kind) => good(`of kind ${kind}`, softwareIntroduction(domain, kind).bytes, "a closed list of kinds")),
    bad("E_SCHEMA", "of no known kind", { object: { ...object, kind: "agent" } }, "a closed list of kinds"),
    bad("E_SCHEMA", "of one kind that says it is another", { object: { ...object, kind: "recipient" } }, "closed form"),
    bad("E_SCHEMA", "without the agent's random part", { rand: undefined }, "16 random bytes of the agent"),
    bad("E_SCHEMA", "with 15 random bytes", { rand: "AAAAAAAAAAAAAAAAAAAA" }, "16 random bytes of the agent"),
    bad("E_SCHEMA", "without a name", { label: "" }, "1 to 128 characters"),
    bad("E_SCHEMA", "of a proof that is none", { object: { ...object, proof: "word" } }, "csr or none"),
    bad("E_SCHEMA", "with a member more", { kind: "client-key" }, "unknown members are refused"),
    bad("E_UNSUPPORTED", "that is a command", { typ: "cmd" }, "each kind offered as another"),
  ];
}

function commandCases(domain: SoftwareDomain): Case[] {
  const now = domain.clock.now();
  const named = softwareIntroduction(domain, "client-key");
  const enrol = (reference: string) =>
    domain.propose({
      act: "client.enrol",
      args: {
        label: "Shop",
        auth: { kind: "own-key", key: reference, validitySec: 7_776_000 },
        grants: [{ ops: ["encrypt"], keys: { kind: "own" } }],
      },
    });
  const command = enrol(named.reference);
  const input = (intros: readonly Uint8Array[], at = now, of = command) => ({
    command: documentInput(of.bytes),
    intros: intros.map(encodeBase64url),
    at,
  });
  const bad = (name: string, given: Case["input"], why: string) => refused("E_INTRO", VERIFY, name, given, why);
  const custodian = softwareIntroduction(domain, "custodian");
  const foreign = encodeCanonical({ ...parseCanonical(named.bytes, 16_384), tid: OTHER });
  const foreignCommand = enrol(softwareIntroduction.referenceOf(foreign));
  const nothing = domain.propose({ act: "domain.lock", args: {} });
  return [
    accepted(VERIFY, "exactly the one that is named", input([named.bytes]), { why: "as it came", near: "E_INTRO" }),
    accepted(VERIFY, "at its last second", input([named.bytes], named.until), { why: "until then", near: "E_INTRO" }),
    accepted(VERIFY, "none where none is named", input([], now, nothing), { why: "most commands", near: "E_INTRO" }),
    bad("none where one is named", input([]), "the CP left it away"),
    bad("one with another key", input([softwareIntroduction(domain, "client-key", "swapped").bytes]), "row 123"),
    bad("one more than is named", input([named.bytes, custodian.bytes]), "exactly those that are named"),
    bad("the same twice", input([named.bytes, named.bytes]), "exactly those that are named"),
    bad(
      "one of another kind",
      input([custodian.bytes], now, enrol(custodian.reference)),
      "the kind that the argument takes",
    ),
    bad("one of another domain", input([foreign], now, foreignCommand), "given to the command's own domain"),
    bad("a second after its end", input([named.bytes], named.until + 1), "until then"),
    bad("long before it was given", input([named.bytes], now - 601), "it cannot have been known"),
    bad("bytes that are none", input([new Uint8Array([123, 125])]), "not named, whatever it is"),
  ];
}

function linkCases(domain: SoftwareDomain): Case[] {
  const now = domain.clock.now();
  const grace = new SoftwareAdministrator({ label: "Grace", passkeys: 2, seed: "vector grace" });
  const other = new SoftwareAdministrator({ label: "Grace", seed: "vector not grace" });
  const [hers, theirs] = [introduceAdministrator(domain, grace), introduceAdministrator(domain, other)];
  const key = softwareIntroduction(domain, "client-key");
  const foreign = encodeCanonical({ ...parseCanonical(hers.bytes, 16_384), tid: OTHER });
  const adding = (...admins: readonly Administrator[]) =>
    encodeRoster(domain.nextRoster((roster) => ({ ...roster, admins: [...roster.admins, ...admins] })));
  const entry = grace.rosterEntry();
  const link = adding(entry);
  const old = documentInput(encodeRoster(domain.roster));
  const input = (intros: readonly Uint8Array[], next = link, at = now) => ({
    ...{ old, next: documentInput(next), at },
    intros: intros.map(encodeBase64url),
  });
  const good = (name: string, given: Case["input"], why: string) =>
    accepted(LINK, name, given, { why, near: "E_INTRO" });
  const bad = (name: string, given: Case["input"], why: string) => refused("E_INTRO", LINK, name, given, why);
  const renamed = { ...entry, adm: other.adm };
  const swapped = { ...entry, creds: other.rosterEntry().creds };
  return [
    good("a new administrator with two passkeys", input([hers.bytes]), "as they were introduced"),
    good("one of the two passkeys", input([hers.bytes], adding({ ...entry, creds: entry.creds.slice(0, 1) })), "fewer"),
    good(
      "under a name that the approvers gave",
      input([hers.bytes], adding({ ...entry, label: "G. Hopper" })),
      "a label",
    ),
    good("none where no passkey is added", input([], adding()), "a renewal"),
    good("at its last second", input([hers.bytes], link, hers.until), "until then"),
    bad("a passkey that nobody introduced", input([]), "row 122: a software credential of the control plane's own"),
    bad("another's passkey in its place", input([hers.bytes], adding(swapped)), "row 122, beside a true introduction"),
    bad("a passkey under another administrator", input([hers.bytes], adding(renamed)), "it was made for one person"),
    bad("an introduction of somebody else", input([theirs.bytes]), "row 122, another newcomer's"),
    bad("an introduction more than is needed", input([hers.bytes, theirs.bytes]), "none besides"),
    bad("the same introduction twice", input([hers.bytes, hers.bytes]), "none twice"),
    bad("an introduction of another kind", input([key.bytes]), "administrators only"),
    bad("an introduction to another domain", input([foreign]), "given to the link's own domain"),
    bad("a second after its end", input([hers.bytes], link, hers.until + 1), "until then"),
    bad("bytes that are none", input([new Uint8Array([123, 125])]), "it cannot be read"),
    ...replacementKeyCases(domain),
  ];
}

function replacementKeyCases(domain: SoftwareDomain): Case[] {
  const [safe, swapped] = [recoveryKey("vector safe"), recoveryKey("vector swapped")];
  const adding = (key: SoftwareKey) =>
    encodeRoster(
      domain.nextRoster((roster) => ({
        ...roster,
        recovery: { ...roster.recovery, keys: [...roster.recovery.keys, { alg: "EdDSA", cose: key.coseText }] },
      })),
    );
  const given = introduceReplacementKey(domain, safe);
  const input = (key: SoftwareKey, intros: readonly Uint8Array[]) => ({
    ...{ old: documentInput(encodeRoster(domain.roster)), next: documentInput(adding(key)), at: domain.clock.now() },
    intros: intros.map(encodeBase64url),
  });
  return [
    accepted(LINK, "a replacement key", input(safe, [given.bytes]), { why: "by its holder", near: "E_INTRO" }),
    refused("E_INTRO", LINK, "a replacement key that nobody introduced", input(safe, []), "the control plane's own"),
    refused("E_INTRO", LINK, "another replacement key in its place", input(swapped, [given.bytes]), "key for key"),
  ];
}

function wordCases(): Case[] {
  const why = "places follow from the bytes, and from nothing that anybody chose after them";
  return [
    accepted("askedPlaces", "of a hash", { hash: HASH }, { why }),
    accepted("askedPlaces", "of zeroes", { hash: "A".repeat(43) }, { why }),
  ];
}
