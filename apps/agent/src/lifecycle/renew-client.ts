import { MOST_EARLIER_KEYS, RENEWAL_OVERLAP_SECONDS } from "@holdfast/protocol";
import type { ClientRecord } from "../keystore/records.ts";
import type { IssuedClient } from "./client-issuer.ts";
import type { ClientEffect } from "./effect.ts";

/**
 * A client's renewal of its own certificate: the same identity and grants, a new end, and a further key where it brings
 * one. The key before stays good for 30 days, and never longer than its own certificate.
 *
 * @returns Null when it has as many earlier keys in their overlap as a client may have.
 */
export function renewClient(
  before: ClientRecord,
  issued: Omit<IssuedClient, "files">,
  now: number,
): ClientEffect | null {
  const { spki } = before.auth;
  const earlier = (before.auth.earlier ?? []).filter(({ until }) => until > now);
  if (issued.spkiHash !== spki)
    earlier.push({
      spki,
      until: Math.min(now + RENEWAL_OVERLAP_SECONDS, before.certificate.notAfter, before.notAfter),
    });
  if (earlier.length > MOST_EARLIER_KEYS) return null;
  const limit = limitOf(before);
  const after: ClientRecord = {
    ...before,
    auth: {
      ...{ kind: "mtls", spki: issued.spkiHash },
      ...(earlier.length === 0 ? {} : { earlier }),
      ...(before.auth.permit === undefined ? {} : { permit: before.auth.permit }),
    },
    notAfter: Math.min(issued.notAfter, limit ?? issued.notAfter),
    certificate: {
      serial: issued.serial,
      notBefore: issued.notBefore,
      notAfter: issued.notAfter,
      der: Buffer.from(issued.certificateDer).toString("base64url"),
    },
  };
  return { on: "client", before, after };
}

/** The end that administrators set; records of the first release show one only where it is nearer than the certificate's. */
export function limitOf({ limit, notAfter, certificate }: ClientRecord): number | undefined {
  return limit ?? (notAfter < certificate.notAfter ? notAfter : undefined);
}
