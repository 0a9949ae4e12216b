import type { CompanyCertificate, CompanyClients } from "../clients/company/company-clients.ts";
import type { ClientRecord } from "../keystore/records.ts";
import { OperationError } from "../operations/errors.ts";
import type { Peer } from "./peer.ts";
import type { ServedAgent, ServedDomain } from "./served-agent.ts";

type Judge = Pick<ServedAgent, "company">;

const certificates = new WeakMap<Peer, CompanyCertificate | null>();

/**
 * The client at the other end of a connection, if it may ask anything now. Asked at each request, so that a withdrawal, and
 * a revocation by the authority that certified it, hold on open connections and resumed sessions too.
 *
 * The identity is the enrolled public key. A certificate proves its possession only where it is of the authority that the
 * client was enrolled with: the domain's own, or the company's.
 *
 * @throws {@link OperationError} as `Access.identify`; `E_CLIENT` for a certificate of the other authority,
 *   `E_CLIENT_REVOKED`, `E_CLIENT_UNPROVED` where nobody can tell whether it was revoked
 */
export function identifyPeer({ company }: Judge, { operations }: ServedDomain, peer: Peer): ClientRecord {
  if (peer.spki === null)
    throw new OperationError("E_CLIENT", "The connection has no certificate of a client enrolled here.");
  const client = operations.identify(peer.spki);
  const shown = company === null ? null : certificateOf(company, peer);
  if (client.auth.authority === undefined && shown === null) return client; // the usual way, and nothing is asked on it
  if (company === null || shown === null || client.auth.authority === undefined)
    throw new OperationError("E_CLIENT", "The certificate is not of the authority that the client was enrolled with.");
  if (client.auth.certificate !== undefined && client.auth.certificate !== shown.digest)
    throw new OperationError("E_CLIENT", "The client is known by another certificate.");
  const verdict = company.verdict(shown);
  if (verdict === "revoked")
    throw new OperationError("E_CLIENT_REVOKED", "The certificate was revoked by its authority, or has ended.");
  if (verdict !== "good") throw new OperationError("E_CLIENT_UNPROVED");
  company.note(client.id, shown);
  return client;
}

/** Whether the peer is a client that may ask anything now. */
export function isServedPeer(agent: Judge, domain: ServedDomain, peer: Peer): boolean {
  try {
    identifyPeer(agent, domain, peer);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when the authority of a certificate has answered for it; null where nothing has to be waited for. */
export function readyPeer(
  { company, domain }: Pick<ServedAgent, "company" | "domain">,
  peer: Peer,
): Promise<void> | null {
  if (company === null || domain === null || peer.spki === null) return null;
  // Nobody is asked about a certificate that opens nothing here anyway.
  if (domain.keystore.findClientBySpki(peer.spki)?.auth.authority === undefined) return null;
  const shown = certificateOf(company, peer);
  return shown === null ? null : company.ready(shown);
}

/** The certificate as one of the company's, read once a connection. */
function certificateOf(company: CompanyClients, peer: Peer): CompanyCertificate | null {
  const known = certificates.get(peer);
  if (known !== undefined) return known;
  const certificate = peer.certificate();
  const read = certificate === undefined ? null : company.read(certificate);
  certificates.set(peer, read);
  return read;
}
