import { type CanonicalObject, encodeBase64url, encodeCanonical, parseCanonical } from "@holdfast/protocol";
import { SoftwareDomain } from "../../domain/software-domain.ts";
import { softwareIntroduction } from "../../domain/software-introduction.ts";
import { documentInput } from "../input-bytes.ts";
import { accepted, type Case, refused } from "../vector.ts";

const PARSE = "parseIntroduction";
const VERIFY = "verifyIntroductions";
const HASH = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const OTHER = "abcdefghijklmnopqrstuvwxye";

/** docs/spec/introduction.md: what newcomers give, and what a command says of it. */
export function introductionCases(): Case[] {
  const domain = SoftwareDomain.found({ seed: "vector introductions" });
  return [...documentCases(domain), ...commandCases(domain), ...wordCases()];
}

function documentCases(domain: SoftwareDomain): Case[] {
  const key = softwareIntroduction(domain, "client-key");
  const members = parseCanonical(key.bytes, 16_384);
  const object = members["object"] as CanonicalObject;
  const good = (name: string, bytes: Uint8Array, why: string) =>
    accepted(PARSE, name, { bytes: documentInput(bytes) }, { why, near: "E_SCHEMA" });
  const bad = (code: string, name: string, change: object, why: string) =>
    refused(code, PARSE, name, { bytes: documentInput(encodeCanonical({ ...members, ...change })) }, why);
  const kinds = ["client-key", "custodian", "recipient", "import", "administrator", "witness"] as const;
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

function wordCases(): Case[] {
  const why = "places follow from the bytes, and from nothing that anybody chose after them";
  return [
    accepted("askedPlaces", "of a hash", { hash: HASH }, { why }),
    accepted("askedPlaces", "of zeroes", { hash: "A".repeat(43) }, { why }),
  ];
}
