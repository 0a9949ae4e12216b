/** A file handed to a new client once, as the agent's page and command line give it out. */
export interface IssuedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly base64: string;
}

/** What the domain's CA made for one client. `files` hold the private key, where it was made here, and exist nowhere else. */
export interface IssuedClient {
  readonly kind?: "client";
  readonly certificateDer: Uint8Array;
  /** Unpadded base64url of SHA-256 over the SubjectPublicKeyInfo: the client's identity. */
  readonly spkiHash: string;
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly files: readonly IssuedFile[];
  /** Another authority certifies the client: nothing was made here. `certificate` is the only one that counts. */
  readonly company?: { readonly certificate?: string };
}

/** A secret that lets clients in. `files` hold it, and it exists nowhere else. */
export interface IssuedPermit {
  readonly kind: "permit";
  /** What is kept of the secret. */
  readonly identity: string;
  readonly files: readonly IssuedFile[];
}

/** What is made for a command about clients before its transaction. */
export type Issued = IssuedClient | IssuedPermit;

/**
 * Makes certificates of clients, and key pairs where they bring none, under the domain's CA. Implemented by clients/authority.ts.
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
  /** Makes the secret of a permit. */
  issuePermit(): IssuedPermit;
  /** Certifies a key that the client brought: its files hold no private key. */
  certifyClient(request: {
    readonly clientId: string;
    readonly label: string;
    readonly validitySec: number;
    /** SubjectPublicKeyInfo, DER. */
    readonly spki: Uint8Array;
  }): IssuedClient | Promise<IssuedClient>;
}
