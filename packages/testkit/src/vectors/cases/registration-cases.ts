import { encodeBase64url, registerChallenge } from "@holdfast/protocol";
import { concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { SoftwareKey } from "../../keys/software-key.ts";
import { attestedCredential } from "../../passkey/authenticator-data.ts";
import { paddedBase64url, SoftwarePasskey } from "../../passkey/software-passkey.ts";
import { accepted, type Case, refused } from "../vector.ts";

const CHECK = "parseRegistration";
const CHALLENGE = registerChallenge({ aid: "a_x", inviteId: "i", adm: "m" });
const ZEROES = new Uint8Array(16);

type Knobs = NonNullable<Parameters<SoftwarePasskey["create"]>[1]>;

function inputOf(
  passkey: SoftwarePasskey,
  knobs: Knobs,
  change: (object: Uint8Array) => Uint8Array = (bytes) => bytes,
) {
  const { clientDataJSON, attestationObject } = passkey.create(CHALLENGE, { counter: 0, ...knobs });
  const object = change(new Uint8Array(Buffer.from(attestationObject, "base64url")));
  const response = { clientDataJSON, attestationObject: encodeBase64url(object) };
  return { response, challenge: encodeBase64url(CHALLENGE), origin: passkey.origin, rpId: passkey.rpId };
}

function replace(from: string, to: string): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => hexToBytes(Buffer.from(bytes).toString("hex").replace(from, to));
}

/** docs/spec/approval.md section 4: what `create()` gives. */
export function registrationCases(): Case[] {
  const passkey = new SoftwarePasskey({ seed: "vector" });
  const { cose } = passkey.key;
  const good = (near: string, name: string, knobs: Knobs, why: string, by = passkey) =>
    accepted(CHECK, name, inputOf(by, knobs), { why, near });
  const bad = (code: string, name: string, knobs: Knobs, why: string, change?: (object: Uint8Array) => Uint8Array) =>
    refused(code, CHECK, name, inputOf(passkey, knobs, change), why);
  const tail = (credId: Uint8Array, key: Uint8Array) => attestedCredential(ZEROES, credId, key);
  const id = new Uint8Array(16).fill(1);
  const honest = inputOf(passkey, {});
  const fmt = { none: "646e6f6e65", packed: "667061636b6564", apple: "656170706c65" };
  return [
    good("E_REGISTRATION", "unattested", {}, "attestation form none"),
    good("E_REGISTRATION", "with a self attestation", { self: true }, "form packed, signed by the new key"),
    good("E_REGISTRATION", "as Safari writes it", { shape: "safari" }, "no crossOrigin"),
    good(
      "E_REGISTRATION",
      "with extensions",
      { flags: { ed: true }, tail: concatBytes(tail(id, cose), hexToBytes("a16b686d61632d736563726574f5")) },
      "prf asks for hmac-secret",
    ),
    good("E_REGISTRATION", "of Ed25519", {}, "EdDSA", new SoftwarePasskey({ seed: "vector", alg: "EdDSA" })),
    good("E_REGISTRATION", "of RSA", { self: true }, "RS256", new SoftwarePasskey({ seed: "vector", alg: "RS256" })),
    good("E_ASSERT_BACKUP", "synced", {}, "eligible and backed up", new SoftwarePasskey({ seed: "vector", be: true })),
    bad("E_REGISTRATION", "of a form that is not accepted", {}, "form apple", replace(fmt.none, fmt.apple)),
    bad(
      "E_REGISTRATION",
      "unattested with a statement",
      { self: true },
      "says none and brings one",
      replace(fmt.packed, fmt.none),
    ),
    bad("E_REGISTRATION", "packed without a statement", {}, "no signature in it", replace(fmt.none, fmt.packed)),
    bad("E_REGISTRATION", "with bytes after it", {}, "exact", (bytes) => Uint8Array.of(...bytes, 0)),
    bad("E_REGISTRATION", "cut short", {}, "exact", (bytes) => bytes.subarray(0, -1)),
    bad("E_REGISTRATION", "in indefinite form", {}, "deterministic CBOR", replace("a363666d74", "bf63666d74")),
    bad("E_REGISTRATION", "with a long length", {}, "deterministic CBOR", replace("63666d74", "7803666d74")),
    bad("E_REGISTRATION", "nothing", {}, "an attestation object", () => new Uint8Array()),
    bad("E_REGISTRATION", "without a credential", { flags: { at: false }, tail: new Uint8Array() }, "none attested"),
    bad("E_REGISTRATION", "with an empty credential id", { tail: tail(new Uint8Array(), cose) }, "1 to 1023 bytes"),
    bad(
      "E_REGISTRATION",
      "with something after the key",
      { tail: concatBytes(tail(id, cose), ZEROES) },
      "no extensions said",
    ),
    bad(
      "E_REGISTRATION",
      "of a key of another order",
      { tail: tail(id, hexToBytes(`a40320${Buffer.from(cose).toString("hex").slice(2)}`)) },
      "one form of COSE_Key",
    ),
    bad(
      "E_REGISTRATION",
      "of a P-384 key",
      { tail: tail(id, hexToBytes(Buffer.from(cose).toString("hex").replace("2001", "2002"))) },
      "a kind not known",
    ),
    bad("E_ASSERT_CLIENTDATA", "of a get()", { type: "webauthn.get" }, "made for something else"),
    bad("E_ASSERT_CLIENTDATA", "of another challenge", { challenge: new Uint8Array(32) }, "another invitation"),
    bad("E_ASSERT_CLIENTDATA", "on another origin", { origin: "https://dashboard.example.net" }, "another page"),
    bad("E_ASSERT_CLIENTDATA", "in a frame", { crossOrigin: true }, "somebody else's page around it"),
    refused(
      "E_ASSERT_CLIENTDATA",
      CHECK,
      "padded",
      { ...honest, response: passkey.create(CHALLENGE, { encode: paddedBase64url }) },
      "canonical base64url",
    ),
    bad("E_ASSERT_RPID", "of another RP ID", { rpId: "example.com" }, "a passkey of another name"),
    bad("E_ASSERT_UV", "person not verified", { flags: { uv: false } }, "what registers must verify"),
    bad("E_ASSERT_BACKUP", "backed up and not eligible", { flags: { bs: true } }, "contradicts itself"),
    bad(
      "E_ASSERT_SIG",
      "self attestation by another key",
      { self: true, signer: SoftwareKey.make("ES256", "another") },
      "does not fit",
    ),
  ];
}
