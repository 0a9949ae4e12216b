import { certificatePem } from "../../../clients/pem.ts";
import { type Route, route } from "../route.ts";
import { described, integer, object, optional, orNull, text } from "../schema.ts";

const pem = text(
  /^-----BEGIN [A-Z ]+-----\r?\n[A-Za-z0-9+/=\r\n]{1,16000}-----END [A-Z ]+-----\s*$/,
  "one item in PEM",
);
const pems = text(/^-----BEGIN CERTIFICATE-----/, "certificates in PEM");

/** Enrolment by a secret that administrators approved. */
export const enrolRoute: Route = route({
  method: "POST",
  path: "/v1/enrol",
  id: "enrol",
  summary:
    "A certificate for whoever brings an enrolment secret and a key, from a network that the secret names; no client certificate",
  body: object({
    secret: described(text(/^[\x21-\x7e]{1,100}$/, "an enrolment secret"), "As administrators handed it out: hfp1.…"),
    csr: described(pem, "A PKCS#10 request; names in it decide nothing."),
  }),
  answer: object({
    certificate: pems,
    ca: described(pems, "By which the listeners are trusted."),
    clientId: text(/^c_/, "a client's id"),
    notAfter: described(integer(0, Number.MAX_SAFE_INTEGER), "Unix seconds at which the client's time ends."),
  }),
  async open({ domain, caller, body }) {
    const { secret, csr } = body;
    const { operations, authority } = domain;
    const enrolled = await operations.enrolBySecret({ secret, csr, from: caller.from, issuer: authority });
    const { client, certificate, trustPem } = enrolled;
    const answer = {
      ...{ certificate: certificatePem(certificate), ca: trustPem },
      ...{ clientId: client.id, notAfter: client.notAfter },
    };
    return { body: JSON.stringify(answer) };
  },
});

/** A client's renewal of its own certificate. */
export const renewCertificateRoute: Route = route({
  method: "POST",
  path: "/v1/certificate/renew",
  id: "renewCertificate",
  summary:
    "A new certificate for the client that asks, over mutual TLS with its still valid one: same identity, same grants",
  body: object({
    csr: described(optional(pem), "A PKCS#10 request for a new key; without it the present key is certified again."),
  }),
  answer: object({
    certificate: pems,
    ca: described(pems, "By which the listeners are trusted."),
    clientId: text(/^c_/, "a client's id"),
    notAfter: described(integer(0, Number.MAX_SAFE_INTEGER), "Unix seconds at which the client's time ends."),
    previousUntil: described(
      orNull(integer(0, Number.MAX_SAFE_INTEGER)),
      "Unix seconds until which the key before stays good; null when the key is the same.",
    ),
  }),
  async run({ domain, caller, body }) {
    const { client, certificate, trustPem } = await domain.operations.renewCertificate(caller, {
      ...{ csr: body.csr, issuer: domain.authority, time: () => domain.guard.time() },
    });
    const previous = client.auth.earlier?.find(({ spki }) => spki === caller.client.auth.spki);
    const answer = {
      certificate: certificatePem(certificate),
      ca: trustPem,
      clientId: client.id,
      notAfter: client.notAfter,
      previousUntil: previous?.until ?? null,
    };
    return { body: JSON.stringify(answer) };
  },
});
