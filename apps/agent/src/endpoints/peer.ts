import { hash, type X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { identityOfCertificate } from "../clients/spki-hash.ts";

/** Who is at the other end of a connection, as TLS proved it. */
export interface Peer {
  /** The identity whose possession was proved; null without a certificate of the domain's authority. */
  readonly spki: string | null;
  readonly address: string;
  /** The certificate by which it was proved, read anew from the connection. */
  readonly certificate: () => X509Certificate | undefined;
}

const peers = new WeakMap<TLSSocket, Peer>();

/**
 * The peer of a connection, read once. It says whose key was proved and nothing of what that client may do: that is
 * looked up at each request.
 *
 * `authorized` is OpenSSL's verdict on chain, time and purpose (clientAuth); on a resumed session it is the verdict of
 * the handshake that began it.
 */
export function peerOf(socket: TLSSocket): Peer {
  const known = peers.get(socket);
  if (known !== undefined) return known;
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  const peer = {
    spki: certificate === undefined ? null : identityOf(certificate),
    address: socket.remoteAddress ?? "",
    certificate: () => (socket.authorized ? socket.getPeerX509Certificate() : undefined),
  };
  peers.set(socket, peer);
  return peer;
}

const MOST_CERTIFICATES = 4096;
const identities = new Map<string, string>();

/** Taken from a certificate's key once: clients that open a connection for each request show the same one each time. */
function identityOf(certificate: X509Certificate): string {
  const digest = hash("sha256", certificate.raw, "base64url");
  const known = identities.get(digest);
  if (known !== undefined) return known;
  const identity = identityOfCertificate(certificate);
  if (identities.size >= MOST_CERTIFICATES) identities.clear();
  identities.set(digest, identity);
  return identity;
}
