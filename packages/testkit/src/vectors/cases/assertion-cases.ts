import { approveChallenge, DECISION, encodeBase64url } from "@holdfast/protocol";
import { SoftwareKey } from "../../keys/software-key.ts";
import { duplicateMember, precedingMember } from "../../passkey/client-data.ts";
import { type AssertionKnobs, paddedBase64url, SoftwarePasskey } from "../../passkey/software-passkey.ts";
import { accepted, type Case, refused } from "../vector.ts";

const CHECK = "verifyAssertion";
const LIST = ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"];
const CHALLENGE = approveChallenge(DECISION.approve, LIST);
const OTHER = approveChallenge(DECISION.reject, LIST);

type Made = (code: string, name: string, knobs: AssertionKnobs, why: string) => Case;

function maker(passkey: SoftwarePasskey): { good: Made; bad: Made } {
  const input = (knobs: AssertionKnobs) => {
    const { cose, rpId, origin, be } = passkey.credential();
    const assertion = passkey.get(CHALLENGE, { counter: 5, ...knobs });
    return { assertion, credential: { cose, rpId, origin, be }, challenge: encodeBase64url(CHALLENGE) };
  };
  return {
    good: (near, name, knobs, why) => accepted(CHECK, name, input(knobs), { why, near }),
    bad: (code, name, knobs, why) => refused(code, CHECK, name, input(knobs), why),
  };
}

const fill = (size: number) => (text: string) => {
  const without = text.slice(0, -1);
  return `${without},"fill":"${"x".repeat(size - without.length - 11)}"}`;
};
const challengeText = encodeBase64url(CHALLENGE);

function clientDataCases({ good, bad }: ReturnType<typeof maker>): Case[] {
  const code = "E_ASSERT_CLIENTDATA";
  const rewritten = (rewrite: (text: string) => string): AssertionKnobs => ({ rewrite });
  return [
    good(code, "as Chromium writes it", {}, "type, challenge, origin, crossOrigin false"),
    good(code, "as Safari writes it", { shape: "safari" }, "no crossOrigin at all"),
    good(code, "members in another order", { shape: "reordered" }, "JSON has no order"),
    good(code, "members that are not known", { extra: { other_keys_can_be_added_here: "do not compare" } }, "ignored"),
    good(code, "nested unknown members", { extra: { extensions: { appid: { used: [true, null, 1.5] } } } }, "ignored"),
    good(
      code,
      "spaces between members",
      rewritten((text) => text.replaceAll(",", " ,\n ")),
      "JSON allows them",
    ),
    good(code, "4 KiB", rewritten(fill(4096)), "the largest client data"),
    bad(code, "4 KiB and a byte", rewritten(fill(4097)), "one byte too large"),
    bad(code, "of a registration", { type: "webauthn.create" }, "made for something else"),
    bad(code, "of a payment", { type: "payment.get" }, "made for something else"),
    bad(code, "of another challenge", { challenge: OTHER }, "the same list rejected"),
    bad(code, "of a login", { challenge: "bG9naW4" }, "a challenge that is no hash"),
    bad(code, "a padded challenge", { challenge: `${challengeText}=` }, "strings are compared, not bytes"),
    bad(code, "a challenge in the other alphabet", { challenge: `${challengeText.slice(0, -1)}+` }, "as strings"),
    bad(code, "of the dashboard's origin", { origin: "https://dashboard.example.net" }, "approved elsewhere"),
    bad(code, "of a name below", { origin: "https://evil.keys.example.com" }, "the whole origin counts"),
    bad(code, "of another port", { origin: "https://keys.example.com:8443" }, "RP IDs ignore ports; this does not"),
    bad(code, "of another scheme", { origin: "http://keys.example.com" }, "RP IDs ignore schemes; this does not"),
    bad(code, "an origin with a slash", { origin: "https://keys.example.com/" }, "equal strings"),
    bad(code, "an origin in capitals", { origin: "https://KEYS.example.com" }, "equal strings"),
    bad(code, "an origin in a list", { origin: ["https://keys.example.com"] }, "a string"),
    bad(code, "made in a frame", { crossOrigin: true }, "somebody else's page around it"),
    bad(code, "crossOrigin as text", { crossOrigin: "false" }, "false or absent"),
    bad(code, "crossOrigin null", { crossOrigin: null }, "false or absent"),
    bad(code, "crossOrigin 0", { crossOrigin: 0 }, "false or absent"),
    bad(code, "a top origin", { topOrigin: "https://keys.example.com" }, "made in a frame, whatever crossOrigin says"),
    bad(code, "a top origin that is null", { topOrigin: null }, "absent, not null"),
    bad(
      code,
      "the challenge twice, the right one first",
      rewritten(duplicateMember("challenge", "bG9naW4")),
      "ambiguous",
    ),
    bad(
      code,
      "the challenge twice, the right one last",
      rewritten(precedingMember("challenge", "bG9naW4")),
      "ambiguous",
    ),
    bad(code, "the challenge twice, both right", rewritten(duplicateMember("challenge", challengeText)), "ambiguous"),
    bad(code, "the origin twice", rewritten(precedingMember("origin", "https://evil.example")), "ambiguous"),
    bad(
      code,
      "a member twice further in",
      rewritten((text) => `${text.slice(0, -1)},"x":{"a":1,"a":2}}`),
      "at any level",
    ),
    bad(
      code,
      "a name spelt with an escape",
      rewritten((text) => text.replace('"origin"', '"orig\\u0069n"')),
      "readers disagree on whether it is the same name",
    ),
    bad(
      code,
      "a comma at the end",
      rewritten((text) => `${text.slice(0, -1)},}`),
      "not JSON",
    ),
    bad(
      code,
      "something after it",
      rewritten((text) => `${text} {}`),
      "not JSON",
    ),
    bad(
      code,
      "a byte order mark",
      rewritten((text) => `\ufeff${text}`),
      "not JSON",
    ),
    bad(
      code,
      "a list around it",
      rewritten((text) => `[${text}]`),
      "an object",
    ),
    bad(
      code,
      "null",
      rewritten(() => "null"),
      "an object",
    ),
    bad(
      code,
      "nested too deeply",
      rewritten((text) => `${text.slice(0, -1)},"x":${"[".repeat(9)}${"]".repeat(9)}}`),
      "eight levels",
    ),
    bad(code, "members padded", { encode: paddedBase64url }, "canonical base64url"),
  ];
}

function authenticatorDataCases({ good, bad }: ReturnType<typeof maker>): Case[] {
  const tail = new Uint8Array(16).fill(7);
  return [
    good("E_ASSERT_RPID", "37 bytes", {}, "the whole of an assertion's authenticator data"),
    bad("E_ASSERT_RPID", "of another RP ID", { rpId: "example.com" }, "a passkey of another name"),
    bad("E_ASSERT_RPID", "of the login's RP ID", { rpId: "dashboard.example.net" }, "a login is no approval"),
    bad("E_ASSERT_RPID", "a byte too short", { authData: (bytes) => bytes.subarray(0, 36) }, "exact length"),
    bad("E_ASSERT_RPID", "with something after the counter", { tail }, "exact length"),
    bad("E_ASSERT_RPID", "with an attested credential", { tail, flags: { at: true } }, "that is a registration's"),
    bad("E_ASSERT_RPID", "that says it brings one", { flags: { at: true } }, "that is a registration's"),
    bad("E_ASSERT_RPID", "with extensions", { tail: Uint8Array.of(0xa0), flags: { ed: true } }, "none are asked for"),
    bad("E_ASSERT_RPID", "that says it brings extensions", { flags: { ed: true } }, "none are asked for"),
    good("E_ASSERT_UV", "person present and verified", { flags: { up: true, uv: true } }, "both"),
    bad("E_ASSERT_UV", "person not verified", { flags: { uv: false } }, "a touch alone approves nothing"),
    bad("E_ASSERT_UV", "person not present", { flags: { up: false } }, "made without a touch"),
    bad("E_ASSERT_UV", "neither", { flags: { up: false, uv: false } }, "made silently"),
    good("E_ASSERT_BACKUP", "neither eligible nor backed up", { flags: { be: false, bs: false } }, "as registered"),
    bad("E_ASSERT_BACKUP", "eligible and registered as not", { flags: { be: true } }, "became one that can be copied"),
    bad("E_ASSERT_BACKUP", "backed up and not eligible", { flags: { be: false, bs: true } }, "contradicts itself"),
    good("E_ASSERT_SIG", "a counter of 0", { counter: 0 }, "counters are recorded, not judged"),
    good("E_ASSERT_SIG", "the largest counter", { counter: 0xffffffff }, "counters are recorded, not judged"),
  ];
}

const longForm = (der: Uint8Array) => Uint8Array.of(0x30, 0x81, der.length - 2, ...der.subarray(2));
const withZero = (der: Uint8Array) => {
  const length = (der[3] ?? 0) + 1;
  return Uint8Array.of(0x30, der.length - 1, 2, length, 0, ...der.subarray(4));
};

function signatureCases({ good, bad }: ReturnType<typeof maker>): Case[] {
  const code = "E_ASSERT_SIG";
  const changed = (signature: (bytes: Uint8Array) => Uint8Array): AssertionKnobs => ({ signature });
  const last = (bytes: Uint8Array) => bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte));
  return [
    good(code, "strict DER", {}, "as authenticators give it"),
    bad(code, "one bit changed", changed(last), "does not fit"),
    bad(code, "by another key", { signer: SoftwareKey.make("ES256", "another") }, "does not fit"),
    bad(code, "by a key of another kind", { signer: SoftwareKey.make("EdDSA", "another") }, "does not fit"),
    bad(
      code,
      "none",
      changed(() => new Uint8Array()),
      "missing",
    ),
    bad(
      code,
      "with a byte after it",
      changed((bytes) => Uint8Array.of(...bytes, 0)),
      "strict DER",
    ),
    bad(
      code,
      "a byte short",
      changed((bytes) => bytes.subarray(0, -1)),
      "strict DER",
    ),
    bad(code, "in long form", changed(longForm), "strict DER: the shortest length"),
    bad(code, "with a zero before r", changed(withZero), "strict DER: the shortest integer"),
    bad(
      code,
      "as r and s alone",
      changed((bytes) => bytes.subarray(bytes.length - 64)),
      "that is for raw keys",
    ),
    bad(
      code,
      "both numbers zero",
      changed(() => Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 0)),
      "no signature",
    ),
  ];
}

function memberCases(passkey: SoftwarePasskey): Case[] {
  const { cose, rpId, origin, be } = passkey.credential();
  const honest = passkey.get(CHALLENGE, { counter: 5 });
  const credential = { cose, rpId, origin, be };
  const challenge = encodeBase64url(CHALLENGE);
  const padded = (member: keyof typeof honest) => `${honest[member]}=`;
  return (
    [
      ["clientDataJSON", "E_ASSERT_CLIENTDATA"],
      ["authData", "E_ASSERT_RPID"],
      ["sig", "E_ASSERT_SIG"],
    ] as const
  ).map(([member, code]) =>
    refused(
      code,
      CHECK,
      `${member} padded`,
      { assertion: { ...honest, [member]: padded(member) }, credential, challenge },
      "canonical base64url, one spelling",
    ),
  );
}

/** docs/spec/approval.md section 3: the strict check of an assertion. */
export function assertionCases(): Case[] {
  const passkey = new SoftwarePasskey({ seed: "vector" });
  const made = maker(passkey);
  const synced = maker(new SoftwarePasskey({ seed: "vector synced", be: true }));
  const edwards = maker(new SoftwarePasskey({ seed: "vector", alg: "EdDSA" }));
  const rsa = maker(new SoftwarePasskey({ seed: "vector", alg: "RS256" }));
  const short = (bytes: Uint8Array) => bytes.subarray(1);
  return [
    ...clientDataCases(made),
    ...authenticatorDataCases(made),
    synced.good("E_ASSERT_BACKUP", "eligible and backed up, as registered", {}, "a synced passkey"),
    synced.good("E_ASSERT_BACKUP", "eligible and not backed up yet", { flags: { bs: false } }, "that may change"),
    synced.bad(
      "E_ASSERT_BACKUP",
      "not eligible and registered as such",
      { flags: { be: false, bs: false } },
      "another device",
    ),
    ...signatureCases(made),
    edwards.good("E_ASSERT_SIG", "Ed25519", {}, "64 bytes"),
    edwards.bad("E_ASSERT_SIG", "Ed25519 a byte short", { signature: short }, "64 bytes"),
    rsa.good("E_ASSERT_SIG", "RSA", {}, "PKCS #1 v1.5 with SHA-256"),
    rsa.bad("E_ASSERT_SIG", "RSA a byte short", { signature: short }, "as long as the modulus"),
    ...memberCases(passkey),
  ];
}
