import { HoldfastError } from "@holdfast/protocol";

/** Why a listener's certificate from another authority was not taken. Part of the API: docs/spec/errors.md. */
export type CertificateErrorCode =
  | "E_CERT_REQUEST"
  | "E_CERT_FORM"
  | "E_CERT_KEY"
  | "E_CERT_CHAIN"
  | "E_CERT_TIME"
  | "E_CERT_NAMES"
  | "E_CERT_USE"
  | "E_CERT_TLS"
  | "E_CERT_ROLLOVER";

const SENTENCES: Readonly<Record<CertificateErrorCode, string>> = {
  E_CERT_REQUEST: "No certificate was requested.",
  E_CERT_FORM: "The file is not a chain of certificates in PEM.",
  E_CERT_KEY: "The certificate is not for the key of the request.",
  E_CERT_CHAIN: "The chain does not hold together: each certificate must be issued by the one after it.",
  E_CERT_TIME: "A certificate of the chain is not valid now.",
  E_CERT_NAMES: "The certificate does not have every name that was requested.",
  E_CERT_USE: "The certificate is not one for servers.",
  E_CERT_TLS: "TLS does not take the chain or its key.",
  E_CERT_ROLLOVER: "The change of authority does not take this step now.",
};

const NEXT: Readonly<Record<CertificateErrorCode, string>> = {
  E_CERT_REQUEST: "Make a request first: `holdfast-agent server-cert csr --name NAME --out FILE`.",
  E_CERT_FORM: "Give the listener's certificate first, then those of its issuers, as PEM in one file.",
  E_CERT_KEY: "Take the certificate that was issued for the newest request, or make a new request.",
  E_CERT_CHAIN: "Put the listener's certificate first, then its issuer's, and so on.",
  E_CERT_TIME: "Ask the authority for one that is valid now, and check the host's clock.",
  E_CERT_NAMES: "Ask the authority to keep the request's alternative names, or request fewer.",
  E_CERT_USE: "Ask the authority for extended key usage serverAuth, and an end entity's certificate.",
  E_CERT_TLS: "Ask the authority for one with stronger keys and signatures: ECDSA P-256 or RSA of 3072 bits, SHA-256.",
  E_CERT_ROLLOVER: "See `holdfast-agent ca show`; the steps are begin, switch, finish.",
};

/** A certificate that is not taken; nothing was changed. */
export class CertificateError extends HoldfastError<CertificateErrorCode> {
  readonly code: CertificateErrorCode;
  readonly next: string;

  constructor(code: CertificateErrorCode, message?: string, next?: string) {
    super(message ?? SENTENCES[code]);
    this.name = "CertificateError";
    this.code = code;
    this.next = next ?? NEXT[code];
  }
}
