import { createHash, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { randomBytes } from "@holdfast/crypto";
import {
  decodeBase64url,
  deriveAid,
  encodeBase32,
  encodeBase64url,
  findBase64url,
  type IntroducedObject,
  parseCustodianOffer,
  parseJoinRequest,
  verifyAcknowledgement,
} from "@holdfast/protocol";
import { findRequestedKey, isClientKey } from "../clients/client-request.ts";
import { IntroductionError } from "./errors.ts";

/** Kinds that a newcomer may give as text, at the page or by a file. */
export const OFFERED_KINDS = ["client-key", "custodian", "recipient", "agent"] as const;
export type OfferedKind = (typeof OFFERED_KINDS)[number];

/** Kinds that an invitation may be for: those, and passkeys and replacement keys, which are made under it. */
export const INVITED_KINDS = [...OFFERED_KINDS, "administrator", "replacement-key"] as const;
export type InvitedKind = (typeof INVITED_KINDS)[number];

/** Whether a word is a kind that may be given as text. */
export function isOfferedKind(word: string): word is OfferedKind {
  return (OFFERED_KINDS as readonly string[]).includes(word);
}

const MOST_CHARACTERS = 16_384;
const BLOCK = /^\s*-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]+-----END \1-----\s*$/;

/**
 * Reads what a newcomer gave, strictly: one block of PEM, or for custodians the JSON of their tool.
 *
 * @param text - A request (PKCS #10), a public key or a certificate for `client-key`; a public key for the others.
 * @throws {@link IntroductionError} `E_OFFER`
 */
export async function readOffer(kind: OfferedKind, text: string): Promise<IntroducedObject> {
  if (text.length > MOST_CHARACTERS) throw new IntroductionError("E_OFFER", "It is larger than any key.");
  switch (kind) {
    case "client-key":
      return readClientKey(text);
    case "custodian":
      return text.trimStart().startsWith("{")
        ? readRoutes(text)
        : { kind, seat: encodeBase32(randomBytes(16)), routes: [readFileRoute(text)] };
    case "agent":
      return readJoinRequest(text);
    case "recipient":
      return { kind, spki: encodeBase64url(spkiOf(readRecipientKey(text))) };
  }
}

/** What a key server wrote when it pinned this domain. */
function readJoinRequest(text: string): IntroducedObject {
  try {
    const { agent } = parseJoinRequest(JSON.parse(text));
    if (deriveAid(decodeBase64url(agent.aik)) === agent.aid) return { kind: "agent", agent };
  } catch {
    // Refused below.
  }
  throw new IntroductionError("E_OFFER", "Give the request that `holdfast-agent join` wrote on the new key server.");
}

async function readClientKey(text: string): Promise<IntroducedObject> {
  const kind = "client-key";
  const [, block] = BLOCK.exec(text) ?? [];
  if (block === "CERTIFICATE REQUEST" || block === "NEW CERTIFICATE REQUEST") {
    const spki = await findRequestedKey(text.replaceAll("NEW CERTIFICATE REQUEST", "CERTIFICATE REQUEST"));
    if (spki !== null) return { kind, spki: encodeBase64url(spki), proof: "csr" };
    throw new IntroductionError(
      "E_OFFER",
      "The request is not signed by its own key, or the key is none that is taken: EC on P-256, P-384 or P-521, RSA of 2048 to 4096 bits, Ed25519.",
    );
  }
  if (block === "CERTIFICATE") {
    const certificate = readCertificate(text);
    const der = createHash("sha256").update(certificate.raw).digest();
    const spki = clientSpki(certificate.publicKey);
    return { kind, spki, proof: "none", certificate: encodeBase64url(der) };
  }
  if (block === "PUBLIC KEY") return { kind, spki: clientSpki(readPublicKey(text)), proof: "none" };
  throw new IntroductionError(
    "E_OFFER",
    "Give one certificate request, one public key or one certificate, as PEM, and never a private key.",
  );
}

function clientSpki(key: KeyObject): string {
  const spki = spkiOf(key);
  if (isClientKey(spki)) return encodeBase64url(spki);
  throw new IntroductionError(
    "E_OFFER",
    "The key is none that is taken: EC on P-256, P-384 or P-521, RSA of 2048 to 4096 bits, Ed25519.",
  );
}

function readRecipientKey(text: string): KeyObject {
  const key = readPublicKey(text);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const isEc = type === "ec" && details?.namedCurve === "prime256v1";
  if (isEc || (type === "rsa" && isClientKey(spkiOf(key)))) return key;
  const size = details?.namedCurve ?? (details?.modulusLength ? `of ${details.modulusLength} bits` : "");
  const given = `${type ?? "another"} ${size}`.trim();
  throw new IntroductionError(
    "E_OFFER",
    `A recipient's key is EC on P-256, or RSA of 2048 to 4096 bits; this one is ${given}.`,
  );
}

/** The uncompressed point of a P-256 key. */
function readFileRoute(text: string): { readonly route: "file"; readonly hpke: string } {
  const key = readPublicKey(text);
  if (key.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== "prime256v1")
    throw new IntroductionError("E_OFFER", "A custodian's key is EC on P-256.");
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return { route: "file", hpke: encodeBase64url(point) };
}

/** `{"seat":"…","routes":[…]}`, as a custodian's tool writes its public part: a key file always, passkeys besides. */
async function readRoutes(text: string): Promise<IntroducedObject> {
  const refusal = new IntroductionError(
    "E_OFFER",
    "The file is no custodian's public part: a seat, and 1 to 4 ways with keys on P-256, of which one is a key file.",
  );
  let offer: ReturnType<typeof parseCustodianOffer>;
  try {
    offer = parseCustodianOffer(JSON.parse(text));
    await verifyAcknowledgement(offer);
  } catch {
    throw refusal;
  }
  const points = new Set(offer.routes.map(({ hpke }) => hpke));
  const hasFile = offer.routes.some(({ route }) => route === "file");
  if (!hasFile || points.size !== offer.routes.length || ![...points].every(isP256Point)) throw refusal;
  return { kind: "custodian", ...offer };
}

function isP256Point(text: string): boolean {
  const bytes = findBase64url(text);
  if (bytes?.length !== 65 || bytes[0] !== 4) return false;
  const [x, y] = [bytes.slice(1, 33), bytes.slice(33)].map(encodeBase64url);
  try {
    return createPublicKey({ key: { kty: "EC", crv: "P-256", x, y } as never, format: "jwk" }).type === "public";
  } catch {
    return false; // no point of the curve
  }
}

function readPublicKey(text: string): KeyObject {
  if (BLOCK.exec(text)?.[1] !== "PUBLIC KEY")
    throw new IntroductionError("E_OFFER", "Give one public key, as PEM, and never a private key.");
  try {
    const key = createPublicKey(text);
    const given = Buffer.from(text.replaceAll(/-----[A-Z ]+-----|\s/g, ""), "base64");
    if (given.equals(spkiOf(key))) return key;
  } catch {
    // Said below.
  }
  throw new IntroductionError("E_OFFER", "The public key cannot be read.");
}

function readCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new IntroductionError("E_OFFER", "The certificate cannot be read.");
  }
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}
