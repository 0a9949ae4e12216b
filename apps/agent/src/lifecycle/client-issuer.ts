/** A file handed to a new client once, as the agent's page and command line give it out. */
export interface IssuedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly base64: string;
}

/** What the domain's CA made for one client. `files` hold the private key and exist nowhere else. */
export interface IssuedClient {
  readonly certificateDer: Uint8Array;
  /** Unpadded base64url of SHA-256 over the SubjectPublicKeyInfo: the client's identity. */
  readonly spkiHash: string;
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly files: readonly IssuedFile[];
}

/**
 * Makes a key pair and certificate for a client under the domain's CA. Implemented by clients/authority.ts.
 *
 * It may work asynchronously: admission calls it before the store transaction, and drops the result unused when
 * the command is refused after all.
 */
export interface ClientIssuer {
  issueClient(request: {
    readonly clientId: string;
    readonly label: string;
    readonly validitySec: number;
  }): IssuedClient | Promise<IssuedClient>;
}
