import { decodeBase64 } from "../base64.ts";
import { type Route, route } from "../route.ts";
import { base64, described, object, optional, word } from "../schema.ts";
import { ciphertext, groupQuery, keyId } from "./fields.ts";
import { metadata as metadataFields, newKeyOf, objectOf, settings } from "./new-key-fields.ts";

const metadata = object(metadataFields);
const algorithm = word(
  "AES-128",
  "AES-192",
  "AES-256",
  "ChaCha20-Poly1305",
  "HMAC-SHA256",
  "HMAC-SHA384",
  "HMAC-SHA512",
);
const hash = word("SHA-256", "SHA-384", "SHA-512");
const derivation = {
  digest: optional(described(hash, "Of HKDF; SHA-256 without it.")),
  salt: optional(described(base64, "Of HKDF.")),
  info: optional(described(base64, "Of HKDF: what the new key is for.")),
};

interface Derivation {
  readonly digest?: "SHA-256" | "SHA-384" | "SHA-512" | undefined;
  readonly salt?: string | undefined;
  readonly info?: string | undefined;
}

function hkdf({ digest = "SHA-256", salt, info }: Derivation) {
  return {
    method: "HKDF",
    hash: digest,
    ...(salt === undefined ? {} : { salt: decodeBase64(salt, "salt") }),
    ...(info === undefined ? {} : { info: decodeBase64(info, "info") }),
  } as const;
}

/** Derives a key from another one. */
export const deriveRoute: Route = route({
  method: "POST",
  path: "/v1/keys/{key}/derive",
  id: "derive",
  summary: "Derive a key from another by HKDF",
  query: groupQuery,
  status: 201,
  body: object({ ...settings, algorithm, ...derivation }),
  answer: metadata,
  async run({ domain, caller, key, query, body }) {
    const request = { params: hkdf(body), object: { ...objectOf(body), type: "symmetric-key" } } as const;
    const made = await domain.operations.deriveObject(caller, { name: key, group: query.group }, request);
    return { status: 201, body: JSON.stringify(newKeyOf(made)) };
  },
});

/** Agrees with a peer on a key. */
export const agreeRoute: Route = route({
  method: "POST",
  path: "/v1/keys/{key}/agree",
  id: "agree",
  summary: "Agree with a peer on a key: ECDH, X25519 or X448, and HKDF",
  query: groupQuery,
  status: 201,
  body: object({
    ...settings,
    algorithm,
    ...derivation,
    peer: described(base64, "The peer's public key, DER SubjectPublicKeyInfo."),
  }),
  answer: metadata,
  async run({ domain, caller, key, query, body }) {
    const peer = { bytes: decodeBase64(body.peer, "peer"), format: "spki" } as const;
    const request = { peer, derivation: hkdf(body), object: { ...objectOf(body), type: "symmetric-key" } } as const;
    const made = await domain.operations.agreeObject(caller, { name: key, group: query.group }, request);
    return { status: 201, body: JSON.stringify(newKeyOf(made)) };
  },
});

const encapsulated = { ...settings, algorithm: word("AES-256", "ChaCha20-Poly1305", "HMAC-SHA256") };

/** Makes a key and encapsulates it to a public key. */
export const encapsulateRoute: Route = route({
  method: "POST",
  path: "/v1/keys/{key}/encapsulate",
  id: "encapsulate",
  summary: "Make a key of 256 bits and encapsulate it to a public key (ML-KEM)",
  query: groupQuery,
  status: 201,
  body: object(encapsulated),
  answer: object({ key: metadata, ciphertext, under: keyId }),
  async run({ domain, caller, key, query, body }) {
    const request = { object: { ...objectOf(body), type: "symmetric-key" } } as const;
    const made = await domain.operations.encapsulateObject(caller, { name: key, group: query.group }, request);
    const under = made.object.links.find(({ kind }) => kind === "derivation-base")?.id;
    const answer = { key: newKeyOf(made.object), ciphertext: made.ciphertext.toString("base64"), under };
    return { status: 201, body: JSON.stringify(answer) };
  },
});

/** Opens an encapsulated key. */
export const decapsulateRoute: Route = route({
  method: "POST",
  path: "/v1/keys/{key}/decapsulate",
  id: "decapsulate",
  summary: "Open an encapsulated key with the private key (ML-KEM)",
  query: groupQuery,
  status: 201,
  body: object({ ...encapsulated, ciphertext }),
  answer: metadata,
  async run({ domain, caller, key, query, body }) {
    const object = { ...objectOf(body), type: "symmetric-key" } as const;
    const request = { ciphertext: decodeBase64(body.ciphertext, "ciphertext"), object };
    const made = await domain.operations.decapsulateObject(caller, { name: key, group: query.group }, request);
    return { status: 201, body: JSON.stringify(newKeyOf(made)) };
  },
});
