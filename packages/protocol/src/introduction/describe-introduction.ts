import { decodeBase64url } from "../encoding/base64url.ts";
import { hexText } from "../encoding/bytes.ts";
import { sha256 } from "../encoding/hash.ts";
import { HOSTED_COUNTS } from "../hosted/counts-hosted.ts";
import { replacementKeyName } from "../roster/recovery-keys.ts";
import type { IntroducedObject, Introduction, IntroductionKind } from "./introduction.ts";

/** An introduction in plain words: what a person sees beside the question for its words. Text only. */
export interface IntroductionDescription {
  /** What it is: "a client's own key". */
  readonly what: string;
  /** What can be compared about it, by name. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

const WHAT: Readonly<Record<IntroductionKind, string>> = {
  "client-key": "a client's own key",
  custodian: "a custodian's key",
  recipient: "a recipient's key",
  import: "keys to be imported",
  administrator: "an administrator's passkey",
  agent: "a key server's keys",
  witness: "a witness's key",
  "replacement-key": "a replacement key",
};

/** What each kind is, in a few words. */
export function introductionWord(kind: IntroductionKind): string {
  return WHAT[kind];
}

/** Describes an introduction from its own bytes. */
export function describeIntroduction({ object }: Pick<Introduction, "object">): IntroductionDescription {
  return { what: WHAT[object.kind], facts: factsOf(object) };
}

function factsOf(object: IntroducedObject): [string, string][] {
  switch (object.kind) {
    case "client-key":
      return [
        ...keyFacts(object.spki),
        ["Possession", object.proof === "csr" ? "proved by its request" : "not proved: only the public key was given"],
        ...(object.certificate === undefined
          ? []
          : [["Certificate (SHA-256)", hexText(decodeBase64url(object.certificate))] satisfies [string, string]]),
      ];
    case "recipient":
      return keyFacts(object.spki);
    case "custodian":
      return [
        ...object.routes.map(({ route, hpke }): [string, string] => [
          route === "file" ? "Key file (SHA-256)" : "Passkey (SHA-256)",
          hexText(sha256(decodeBase64url(hpke))),
        ]),
        [
          "Duties",
          object.ack === undefined ? "not acknowledged by signature" : "acknowledged, signed with the key file",
        ],
      ];
    case "import":
      return [
        ["Import", object.importId],
        ["Ciphertext (SHA-256)", hexText(decodeBase64url(object.content))],
        ["Size", `${object.sizeBytes} bytes`],
      ];
    case "administrator":
      return object.creds.flatMap(({ cose, origin, be, channel }, index): [string, string][] => [
        [`Passkey ${index + 1} (SHA-256)`, hexText(sha256(decodeBase64url(cose)))],
        [`Passkey ${index + 1} is for`, `${origin}${be ? ", and may be copied to the person's other devices" : ""}`],
        ...(channel === "hosted"
          ? [
              [`Passkey ${index + 1} counts for`, `${HOSTED_COUNTS} only: the operator serves that page`] satisfies [
                string,
                string,
              ],
            ]
          : []),
      ]);
    case "agent": {
      const { aid, aik, hpke, evidence } = object.agent;
      return [
        ["Key server", aid],
        ["Its key (SHA-256)", hexText(sha256(decodeBase64url(aik)))],
        ["Receives the root key with (SHA-256)", hexText(sha256(decodeBase64url(hpke)))],
        ["Its machine's word", evidence === undefined ? "none" : "a TPM's quote over its key"],
      ];
    }
    case "witness":
      return [[object.name, object.vkey]];
    case "replacement-key":
      return [
        ["Replacement key", replacementKeyName(object.key)],
        ["Key (SHA-256)", hexText(sha256(decodeBase64url(object.key.cose)))],
      ];
  }
}

function keyFacts(spki: string): [string, string][] {
  const bytes = decodeBase64url(spki);
  return [
    ["Key", publicKeyWord(bytes)],
    ["Key (SHA-256)", hexText(sha256(bytes))],
  ];
}

/** Algorithm identifiers as they stand in a SubjectPublicKeyInfo, after its outer head. */
const ALGORITHMS: readonly (readonly [word: string, identifier: string])[] = [
  ["EC P-256", "301306072a8648ce3d020106082a8648ce3d030107"],
  ["EC P-384", "301006072a8648ce3d020106052b81040022"],
  ["EC P-521", "301006072a8648ce3d020106052b81040023"],
  ["Ed25519", "300506032b6570"],
  ["RSA", "300d06092a864886f70d0101010500"],
];

/** What kind of key a SubjectPublicKeyInfo holds, for people. @see RFC 5480, 8017, 8410 */
export function publicKeyWord(spki: Uint8Array): string {
  const text = hexText(spki.subarray(0, 40));
  const found = ALGORITHMS.find(([, identifier]) => [4, 6, 8].some((at) => text.startsWith(identifier, at)))?.[0];
  if (found !== "RSA") return found ?? "of an unknown kind";
  // Everything but the modulus takes 38 bytes at these sizes.
  return `RSA ${Math.round(((spki.length - 38) * 8) / 256) * 256}`;
}
