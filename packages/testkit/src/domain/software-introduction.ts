import {
  encodeBase32,
  encodeBase64url,
  encodeIntroduction,
  type IntroducedObject,
  type IntroductionKind,
  introductionHash,
  referTo,
} from "@holdfast/protocol";
import { SoftwareAgent } from "../agent/software-agent.ts";
import { publicPoint } from "../keys/deterministic-ecdsa.ts";
import { SoftwareKey } from "../keys/software-key.ts";
import { seededRandom } from "../random/seeded-random.ts";
import { possessRecoveryKey } from "./found-domain.ts";
import { SoftwareAdministrator } from "./software-administrator.ts";
import type { SoftwareDomain } from "./software-domain.ts";

/** An introduction as an agent would have taken it. */
export interface SoftwareIntroduction {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The bytes as base64url, as an envelope carries them. */
  readonly doc: string;
  readonly hash: string;
  readonly reference: string;
  readonly until: number;
}

const WEEK = 7 * 86_400;
/** What precedes the point in a SubjectPublicKeyInfo of P-256. */
const P256_HEAD = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex");

/** Something of a kind that a newcomer gave to the domain's agent; the same for the same seed. */
export function softwareIntroduction(
  domain: SoftwareDomain,
  kind: IntroductionKind,
  seed = "newcomer",
): SoftwareIntroduction {
  return introduced(domain, anyOf(domain, kind, seed), { label: "Shop", seed: `introduction ${kind} ${seed}` });
}

/** An administrator's passkeys as the domain's agent would have taken them at its page. */
export function introduceAdministrator(
  domain: SoftwareDomain,
  administrator: SoftwareAdministrator,
): SoftwareIntroduction {
  const { label, adm } = administrator;
  return introduced(domain, passkeysOf(domain, administrator), { label, seed: `introduction of ${adm}` });
}

/** A replacement key as the domain's agent would have taken it from its holder. */
export function introduceReplacementKey(
  domain: SoftwareDomain,
  key: SoftwareKey,
  label = "Safe",
): SoftwareIntroduction {
  return introduced(domain, replacementKeyOf(domain, key), { label, seed: `introduction of ${key.coseText}` });
}

function replacementKeyOf({ agent }: SoftwareDomain, key: SoftwareKey): IntroducedObject {
  const alg = key.alg === "ES256" ? "ES256" : "EdDSA";
  return {
    ...{ kind: "replacement-key", key: { alg, cose: key.coseText } },
    possession: possessRecoveryKey(agent.aid, key),
  };
}

function introduced(
  { clock, tid, agent }: SoftwareDomain,
  object: IntroducedObject,
  { label, seed }: { readonly label: string; readonly seed: string },
): SoftwareIntroduction {
  const issued = clock.now();
  const until = issued + WEEK;
  const bytes = encodeIntroduction({
    ...{ typ: "intro", ver: 1, tid, aid: agent.aid, label, issued, until, object },
    rand: encodeBase64url(seededRandom(seed)(16)),
  });
  const hash = introductionHash(bytes);
  return { bytes, doc: encodeBase64url(bytes), hash, reference: referTo(hash), until };
}

function passkeysOf({ agent }: SoftwareDomain, { adm, inviteId, passkeys }: SoftwareAdministrator): IntroducedObject {
  const names = { aid: agent.aid, inviteId, adm };
  return {
    ...{ kind: "administrator", adm, creds: passkeys.map((passkey) => passkey.credential()) },
    possession: passkeys.map((passkey) => passkey.possess(names, { counter: 1 })),
  };
}

/** How a command names a document that was changed. */
softwareIntroduction.referenceOf = (bytes: Uint8Array): string => referTo(introductionHash(bytes));

function anyOf(domain: SoftwareDomain, kind: IntroductionKind, seed: string): IntroducedObject {
  if (kind === "administrator") return passkeysOf(domain, new SoftwareAdministrator({ seed }));
  if (kind === "replacement-key") return replacementKeyOf(domain, SoftwareKey.make("EdDSA", `introduced ${seed}`));
  return objectOf(kind, seed);
}

function objectOf(
  kind: Exclude<IntroductionKind, "administrator" | "replacement-key">,
  seed: string,
): IntroducedObject {
  const point = publicPoint(SoftwareKey.make("ES256", `introduced ${seed}`).secret);
  const spki = encodeBase64url(Buffer.concat([P256_HEAD, point]));
  switch (kind) {
    case "client-key":
      return { kind, spki, proof: "csr" };
    case "custodian":
      return {
        kind,
        seat: encodeBase32(seededRandom(`seat ${seed}`)(16)),
        routes: [{ route: "file", hpke: encodeBase64url(point) }],
      };
    case "recipient":
      return { kind, spki };
    case "import":
      return { kind, importId: "i1", content: encodeBase64url(new Uint8Array(32)), sizeBytes: 1_024 };
    case "agent":
      return { kind, agent: new SoftwareAgent("agent two", `introduced ${seed}`).rosterEntry() };
    case "witness":
      return { kind, name: "example.com/witness", vkey: "example.com/witness+00000000+BAAA" };
  }
}
