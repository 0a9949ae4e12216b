import { X509Certificate } from "node:crypto";
import { AdmissionError } from "../admission/errors.ts";
import { findRequestedKey } from "../clients/client-request.ts";
import { spkiHash } from "../clients/spki-hash.ts";
import type { ClientRecord } from "../keystore/records.ts";
import type { IssuedClient } from "../lifecycle/client-issuer.ts";
import { limitOf, renewClient } from "../lifecycle/renew-client.ts";
import type { Caller } from "./caller.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";

/** Issues certificates for keys that clients bring. Implemented by clients/authority.ts. */
export interface RenewalIssuer {
  reissueClient(request: {
    readonly clientId: string;
    readonly label: string;
    readonly spki: Uint8Array;
    readonly notAfter: number;
  }): Promise<Omit<IssuedClient, "files">>;
  /** Certificates, PEM, by which clients trust the listeners. */
  readonly trustPem: string;
}

/** A renewed certificate. */
export interface RenewedCertificate {
  readonly client: ClientRecord;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly trustPem: string;
}

/** A client's clock may be this far behind: certificates begin so much earlier. */
const BACKDATED_SECONDS = 3600;

/**
 * Issues a client that is still one a new certificate, for the key of its request or, without one, for its present key.
 *
 * Its possession of a key of its own was proved by the connection, that of the new one by the request. Identity and grants
 * stay; it is valid as long again as the one before, and never beyond the end that administrators set. The entry of the
 * custody log is durable before this resolves.
 *
 * @throws {@link OperationError} `E_INPUT` for a request that cannot be taken, `E_RATE`, `E_CLIENT_REVOKED` …;
 *   {@link AdmissionError} `E_LOCKED`, `E_RECOVERING`
 */
export async function renewCertificate(
  { access, executor, keystore, writes }: Door,
  caller: Caller,
  request: { readonly csr: string | undefined; readonly issuer: RenewalIssuer; readonly time: () => number },
): Promise<RenewedCertificate> {
  const { csr, issuer, time } = request;
  const { id } = caller.client;
  writes.take(id);
  if (caller.client.auth.authority !== undefined)
    throw new OperationError("E_INPUT", "Your company's authority issues this client's certificates: renew it there.");
  const spki = csr === undefined ? presentKey(caller.client) : await findRequestedKey(csr);
  if (spki === null)
    throw new OperationError("E_INPUT", "csr is not a PKCS#10 request in PEM, signed by an EC, RSA or Ed25519 key.");
  const owner = keystore.findClientBySpki(spkiHash(spki));
  if (owner !== null && (owner.id !== id || spkiHash(spki) !== caller.client.auth.spki))
    throw new OperationError("E_INPUT", "The request's key was used before; make a new one.");
  const { label, certificate } = caller.client;
  const life = certificate.notAfter - certificate.notBefore - BACKDATED_SECONDS;
  const notAfter = Math.min(time() + life, limitOf(caller.client) ?? Number.POSITIVE_INFINITY);
  const issued = await issuer.reissueClient({ clientId: id, label, spki, notAfter });
  // Issuing took a moment: everything that decides is asked again, and what follows is one step.
  const before = access.identify(caller.client.auth.spki);
  if (before !== caller.client) throw new AdmissionError("E_PRESTATE", "The client was changed meanwhile.");
  const effect = renewClient(before, issued, time());
  if (effect === null)
    throw new OperationError("E_RATE", "The client has several certificates in their overlap already.");
  executor.renewClient(effect);
  return { client: effect.after, certificate: issued.certificateDer, trustPem: issuer.trustPem };
}

function presentKey({ certificate }: ClientRecord): Uint8Array {
  const { publicKey } = new X509Certificate(Buffer.from(certificate.der, "base64url"));
  return publicKey.export({ type: "spki", format: "der" });
}
