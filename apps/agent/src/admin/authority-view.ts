import { X509Certificate } from "node:crypto";
import { lastUseOf } from "../admission/views.ts";
import type { AuthorityGenerations } from "../clients/authority-generations.ts";
import type { Domain } from "../domain.ts";
import type { ClientRecord } from "../keystore/records.ts";
import type { AuthorityAnswer } from "./answers.ts";

/** The domain's authority, and who still depends on the one before. */
export function authorityView({ authority, keystore }: Pick<Domain, "authority" | "keystore">): AuthorityAnswer {
  const { generations } = authority;
  return {
    phase: generations.issuing.phase,
    trusted: generations.trusted.map(({ number, notAfter, pem }) => ({ number, notAfter, certificate: pem })),
    clients: [...keystore.clients()]
      .filter((client) => client.state === "active" && client.locked === null && isOnOlder(generations, client))
      .map(({ id, label }) => ({ clientId: id, label, lastUsedAt: lastUseOf(keystore, id) })),
  };
}

/** Whether a client's newest certificate is of an authority before the newest. */
export function isOnOlder(generations: AuthorityGenerations, { auth, certificate }: ClientRecord): boolean {
  if (generations.trusted.length < 2 || auth.authority !== undefined) return false;
  const issuer = generations.issuerOf(new X509Certificate(Buffer.from(certificate.der, "base64url")));
  return issuer !== generations.issuing.number;
}
