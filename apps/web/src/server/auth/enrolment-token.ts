/** What a key server needs to reach its mailbox; each part is shown to the person who gives it the token. */
export interface EnrolmentToken {
  readonly gateway: string;
  /** The witness's verifier key, which genesis may name. */
  readonly witness: string;
  readonly secret: string;
}

/** Writes a token as it is shown. */
export function encodeEnrolmentToken({ gateway, witness, secret }: EnrolmentToken): string {
  return `hfe1.${Buffer.from(JSON.stringify({ gateway, witness, secret })).toString("base64url")}`;
}
