import { X509Certificate } from "node:crypto";
import { lastUseOf } from "../admission/views.ts";
import type { AuthorityGenerations } from "../clients/authority-generations.ts";
import { CertificateError } from "../clients/errors.ts";
import type { Domain } from "../domain.ts";
import type { ClientRecord } from "../keystore/records.ts";
import type { AuthorityAnswer } from "./answers.ts";

/** The domain's authority, and who still depends on the one before. */
export function authorityView({ authority, keystore }: Pick<Domain, "authority" | "keystore">): AuthorityAnswer {
  const { generations } = authority;
  return {
    phase: generations.issuing.phase,
    trusted: generations.trusted.map(({ number, notAfter, pem }) => ({ number, notAfter, certificate: pem })),
    trust: authority.trustPem,
    clients: [...keystore.clients()]
      .filter((client) => client.state === "active" && client.locked === null && isOnOlder(generations, client))
      .map(({ id, label }) => ({ clientId: id, label, lastUsedAt: lastUseOf(keystore, id) })),
  };
}

/** What a step to the next phase needs to have happened before. */
const BEFORE = { switched: "begun", finished: "switched" } as const;
const MOST_NAMED = 20;

/**
 * Goes on to the next phase of a change of authority, unless clients would be left behind by it: who trusts the older one
 * alone is cut off at once when listeners show the new one's certificates.
 *
 * @param force - Goes on although clients are left behind.
 * @throws {@link CertificateError} `E_CERT_ROLLOVER`, naming those clients
 */
export function advance(
  domain: Pick<Domain, "authority" | "keystore">,
  to: "switched" | "finished",
  force: boolean,
): AuthorityAnswer {
  const { clients, phase } = authorityView(domain);
  if (phase === BEFORE[to] && clients.length > 0 && !force) {
    const named = clients.slice(0, MOST_NAMED).map(({ clientId, label }) => `${label} (${clientId})`);
    const more = clients.length > MOST_NAMED ? ` and ${clients.length - MOST_NAMED} more` : "";
    const effect = to === "switched" ? "would stop trusting this key server" : "would be trusted no more";
    throw new CertificateError(
      "E_CERT_ROLLOVER",
      `Clients still have certificates of the authority before, and ${effect}: ${named.join(", ")}${more}.`,
      "Renew them first (`client rotate`, or the product's own way); see `holdfast-agent ca show`. Or add --force.",
    );
  }
  domain.authority.generations.advance(to);
  return authorityView(domain);
}

/** Whether a client's newest certificate is of an authority before the newest. */
export function isOnOlder(generations: AuthorityGenerations, { auth, certificate }: ClientRecord): boolean {
  if (generations.trusted.length < 2 || auth.authority !== undefined || auth.kind === "permit") return false;
  const issuer = generations.issuerOf(new X509Certificate(Buffer.from(certificate.der, "base64url")));
  return issuer !== generations.issuing.number;
}
