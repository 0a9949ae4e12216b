import { HoldfastError } from "@holdfast/protocol";

/** Why a company's authority cannot be trusted for clients as it was configured. Part of the API: docs/spec/errors.md. */
export type CompanyErrorCode = "E_CLIENT_CA" | "E_CLIENT_CRL";

const NEXT: Readonly<Record<CompanyErrorCode, string>> = {
  E_CLIENT_CA: "Put every issuing certificate up to the root into the file, as PEM, or leave --client-ca out.",
  E_CLIENT_CRL: "Fetch the authority's complete list anew, and name it with --client-crl.",
};

/** What was configured for clients of a company's authority does not hold: the agent does not start with it. */
export class CompanyError extends HoldfastError<CompanyErrorCode> {
  readonly code: CompanyErrorCode;
  readonly next: string;

  constructor(code: CompanyErrorCode, message: string) {
    super(message);
    this.name = "CompanyError";
    this.code = code;
    this.next = NEXT[code];
  }
}
