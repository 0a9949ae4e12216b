import { derivePermittedClientId, isInNetwork, permittedLabel } from "@holdfast/protocol";
import { findRequestedKey } from "../clients/client-request.ts";
import { identityOfSecret } from "../clients/permit-secret.ts";
import { spkiHash } from "../clients/spki-hash.ts";
import type { ClientRecord, PermitRecord } from "../keystore/records.ts";
import type { Change } from "../lifecycle/change.ts";
import type { IssuedClient } from "../lifecycle/client-issuer.ts";
import type { Door } from "./door.ts";
import { OperationError } from "./errors.ts";
import type { RenewalIssuer } from "./renew-certificate.ts";

/** What somebody without a certificate asks for. */
export interface EnrolmentRequest {
  readonly secret: string;
  /** PKCS#10, PEM. */
  readonly csr: string;
  /** The address of the connection. */
  readonly from: string;
  readonly issuer: RenewalIssuer;
}

/** A client that was let in. */
export interface Enrolled {
  readonly client: ClientRecord;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly trustPem: string;
}

/**
 * Lets a client in by an enrolment secret that administrators approved: from the networks that it names, while it lasts,
 * as often as it says. What the client may do and for how long is the secret's.
 *
 * Whoever has no secret learns nothing, and costs one hash. The same request again gets the same certificate, so that an
 * answer may be lost. The entry of the custody log is durable before this resolves.
 *
 * @throws {@link OperationError} `E_PERMIT` without a secret of this place, `E_PERMIT_OVER`, `E_RATE`, `E_INPUT` for the
 *   request; {@link AdmissionError} `E_LOCKED`, `E_RECOVERING`
 */
export async function enrolBySecret(door: Door, request: EnrolmentRequest): Promise<Enrolled> {
  const { executor, enrolments } = door;
  const permit = findPermit(door, request);
  enrolments.take(permit.id);
  const spki = await findRequestedKey(request.csr);
  if (spki === null)
    throw new OperationError("E_INPUT", "csr is not a PKCS#10 request in PEM, signed by an EC, RSA or Ed25519 key.");
  const { trustPem } = request.issuer;
  const known = findEnrolled(door, permit, spki);
  if (known !== null) return { client: known, certificate: Buffer.from(known.certificate.der, "base64url"), trustPem };
  const notAfter = door.clock.exact() + permit.permit.validitySec;
  const clientId = derivePermittedClientId(permit.id, spkiHash(spki));
  // The certificate is made first, under the name that stands if nobody comes between: names in it decide nothing.
  const label = permittedLabel(permit.label, countOf(door, permit) + 1);
  const issued = await request.issuer.reissueClient({ clientId, label, spki, notAfter });
  const client = await executor.submit(enrolment(door, request, { permitId: permit.id, clientId, issued }));
  return { client, certificate: issued.certificateDer, trustPem };
}

/** The permit that a secret is of, if it lets somebody in from there now. */
function findPermit({ keystore, clock, refused }: Door, { secret, from }: EnrolmentRequest): PermitRecord {
  const identity = identityOfSecret(secret);
  const found = identity === null ? null : keystore.findClientBySpki(identity);
  if (found === null || !isPermit(found)) throw refusal("E_PERMIT", refused);
  if (found.locked !== null) throw new OperationError(found.locked, undefined, { client: found.id });
  if (!found.permit.networks.some((each) => isInNetwork(from, each))) {
    // The secret is right, and where it is used is not: it may have got out. Whoever has it is told nothing of that.
    refused("E_PERMIT_NETWORK", { permit: found.id, from });
    throw new OperationError("E_PERMIT");
  }
  if (found.state !== "active" || clock.exact() >= found.notAfter) throw refusal("E_PERMIT_OVER", refused);
  return found;
}

function refusal(code: "E_PERMIT" | "E_PERMIT_OVER", refused: Door["refused"]): OperationError {
  refused(code);
  return new OperationError(code);
}

function isPermit(client: ClientRecord): client is PermitRecord {
  return client.auth.kind === "permit" && client.permit !== undefined;
}

/** The client that came with this very key. @throws {@link OperationError} `E_INPUT` where the key was used otherwise, or is over */
function findEnrolled({ keystore, clock }: Door, permit: PermitRecord, spki: Uint8Array): ClientRecord | null {
  const owner = keystore.findClientBySpki(spkiHash(spki));
  if (owner === null) return null;
  const isSame = owner.auth.permit === permit.id && owner.auth.spki === spkiHash(spki);
  if (isSame && owner.state === "active" && owner.locked === null && clock.exact() < owner.notAfter) return owner;
  throw new OperationError("E_INPUT", "The request's key was used before; make a new one.");
}

function enrolment(
  door: Door,
  request: EnrolmentRequest,
  made: { readonly permitId: string; readonly clientId: string; readonly issued: Omit<IssuedClient, "files"> },
): Change<ClientRecord> {
  const { keystore, executor, clock } = door;
  const { permitId, clientId, issued } = made;
  return {
    touches: [permitId, issued.spkiHash],
    prepare() {
      executor.assertChanging(false);
      const permit = findPermit(door, request);
      const count = countOf(door, permit);
      if (count >= permit.permit.most) throw refusal("E_PERMIT_OVER", door.refused);
      if (keystore.findClientBySpki(issued.spkiHash) !== null)
        throw new OperationError("E_INPUT", "The request's key was used before; make a new one.");
      const label = permittedLabel(permit.label, count + 1);
      const now = clock.exact();
      // The clock may have been put back since the certificate was made.
      const notAfter = Math.min(issued.notAfter, now + permit.permit.validitySec);
      const after: ClientRecord = {
        ...{ id: clientId, label, state: "active", createdAt: now, revokedAt: null, grants: permit.grants },
        auth: { kind: "mtls", spki: issued.spkiHash, permit: permit.id },
        notAfter,
        ...(permit.permit.renewable ? {} : { limit: notAfter }),
        certificate: {
          ...{ serial: issued.serial, notBefore: issued.notBefore, notAfter: issued.notAfter },
          der: Buffer.from(issued.certificateDer).toString("base64url"),
        },
        leaf: 0,
        locked: null,
      };
      const effect = { on: "client", before: null, after, names: { label } } as const;
      const actor = { kind: "client", id: permit.id } as const;
      const reason = { kind: "client.enrol", actor, cause: { kind: "request" } } as const;
      return { writes: [{ effect, reason }], result: () => keystore.findClient(clientId) ?? after };
    },
  };
}

/** How many a permit has let in, whatever became of them. */
function countOf({ keystore }: Door, { id }: PermitRecord): number {
  let count = 0;
  for (const { auth } of keystore.clients()) if (auth.permit === id) count += 1;
  return count;
}
