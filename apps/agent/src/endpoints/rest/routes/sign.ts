import { decodeBase64 } from "../base64.ts";
import { type Route, route } from "../route.ts";
import { base64, boolean, described, integer, object, optional, word } from "../schema.ts";
import { groupQuery, keyId, version } from "./fields.ts";

const data = described(base64, "Bytes to sign or authenticate.");
const signature = described(base64, "For ECDSA the DER form.");
const mac = described(base64, "An authentication code.");
const valid = described(boolean, "Whether it belongs to the data.");
const hash = word(
  ...["SHA-224", "SHA-256", "SHA-384", "SHA-512", "SHA-512/224", "SHA-512/256"],
  ...["SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512", "SHA-1", "MD5"],
);
const signing = {
  algorithm: optional(
    described(
      word("RSA-PSS", "RSASSA-PKCS1-v1_5", "ECDSA", "EdDSA", "ML-DSA"),
      "The key's own without it; RSA keys sign RSA-PSS.",
    ),
  ),
  digest: optional(described(hash, "Of RSA and ECDSA; of the key's strength without it.")),
  prehashed: optional(described(boolean, "The data is the digest already.")),
};
const macBytes = optional(described(integer(4, 64), "Leftmost bytes; all of them without it."));

interface Signing {
  readonly algorithm?: "RSA-PSS" | "RSASSA-PKCS1-v1_5" | "ECDSA" | "EdDSA" | "ML-DSA" | undefined;
  readonly digest?: string | undefined;
  readonly prehashed?: boolean | undefined;
}

function paramsOf({ algorithm, digest, prehashed }: Signing) {
  return {
    ...(algorithm === undefined ? {} : { scheme: algorithm }),
    ...(digest === undefined ? {} : { hash: digest as "SHA-256" }),
    ...(prehashed === undefined ? {} : { prehashed }),
  };
}

/** Signs with a private key. */
export const signRoute: Route = route({
  method: "POST",
  path: "/v1/keys/{key}/sign",
  id: "sign",
  summary: "Sign with a private key",
  query: groupQuery,
  body: object({ data, ...signing }),
  answer: object({ keyId, version, signature }),
  run({ domain, caller, key, query, body }) {
    const request = { params: paramsOf(body), data: decodeBase64(body.data, "data") };
    const made = domain.operations.sign(caller, { name: key, group: query.group }, request);
    return { body: JSON.stringify({ ...made, signature: made.signature.toString("base64") }) };
  },
});

/** Verifies a signature with a public key. */
export const verifyRoute: Route = route({
  method: "POST",
  path: "/v1/keys/{key}/verify",
  id: "verify",
  summary: "Verify a signature with a public key",
  query: groupQuery,
  body: object({ data, signature, ...signing }),
  answer: object({ keyId, version, valid }),
  run({ domain, caller, key, query, body }) {
    const bytes = { data: decodeBase64(body.data, "data"), signature: decodeBase64(body.signature, "signature") };
    const request = { params: paramsOf(body), ...bytes };
    return { body: JSON.stringify(domain.operations.verify(caller, { name: key, group: query.group }, request)) };
  },
});

/** Authenticates data with a secret key. */
export const macRoute: Route = route({
  method: "POST",
  path: "/v1/keys/{key}/mac",
  id: "mac",
  summary: "Authenticate data: HMAC, or CMAC of an AES key",
  query: groupQuery,
  body: object({ data, bytes: macBytes }),
  answer: object({ keyId, version, mac }),
  run({ domain, caller, key, query, body }) {
    const params = body.bytes === undefined ? {} : { bytes: body.bytes };
    const request = { params, data: decodeBase64(body.data, "data") };
    const made = domain.operations.mac(caller, { name: key, group: query.group }, request);
    return { body: JSON.stringify({ ...made, mac: made.mac.toString("base64") }) };
  },
});

/** Checks an authentication code. */
export const verifyMacRoute: Route = route({
  method: "POST",
  path: "/v1/keys/{key}/verifymac",
  id: "verifymac",
  summary: "Check an authentication code",
  query: groupQuery,
  body: object({ data, mac, bytes: macBytes }),
  answer: object({ keyId, version, valid }),
  run({ domain, caller, key, query, body }) {
    const params = body.bytes === undefined ? {} : { bytes: body.bytes };
    const request = { params, data: decodeBase64(body.data, "data"), mac: decodeBase64(body.mac, "mac") };
    return { body: JSON.stringify(domain.operations.verifyMac(caller, { name: key, group: query.group }, request)) };
  },
});
