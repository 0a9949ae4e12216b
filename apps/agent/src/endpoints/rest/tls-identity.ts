import { constants } from "node:crypto";
import type { Server } from "node:https";
import { SERVER_CERTIFICATE_SECONDS } from "../../clients/authority.ts";
import type { Logger } from "../../logger.ts";
import type { ServedDomain } from "../served-agent.ts";

const LOOK_MS = 600_000;

/**
 * Keeps a listener's certificate: issued when the domain comes, made anew when half of its time is over, kept in memory
 * while the agent is sealed so that clients are told so. Before the first one, handshakes fail.
 */
export class TlsIdentity {
  readonly #server: Server;
  readonly #names: readonly string[];
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #domain: ServedDomain | null = null;
  #renewAt = 0;
  #pending: Promise<void> = Promise.resolve();

  constructor(server: Server, names: readonly string[], logger: Logger) {
    this.#server = server;
    this.#names = names;
    this.#logger = logger;
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Takes a domain's arrival or leave; resolves when the listener shows a certificate of it. */
  follow(domain: ServedDomain | null): Promise<void> {
    this.#domain = domain;
    if (domain === null) return Promise.resolve();
    this.#pending = this.#pending.then(() => this.#renew(domain));
    return this.#pending;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const domain = this.#domain;
    if (domain !== null && domain.guard.time() >= this.#renewAt) void this.follow(domain);
  }

  async #renew(domain: ServedDomain): Promise<void> {
    try {
      const { certPem, keyPem, notAfter } = await domain.authority.issueServer(this.#names);
      this.#server.setSecureContext({ ...TLS_CONTEXT, cert: certPem, key: keyPem, ca: domain.authority.caPem });
      this.#renewAt = notAfter - SERVER_CERTIFICATE_SECONDS / 2;
    } catch {
      this.#logger.error("rest.certificate", { names: this.#names.join(" ") });
    }
  }
}

/** TLS 1.3, and 1.2 with forward secrecy and authenticated encryption only. */
export const TLS_CONTEXT = {
  minVersion: "TLSv1.2",
  ciphers: [
    "TLS_AES_256_GCM_SHA384",
    "TLS_AES_128_GCM_SHA256",
    "TLS_CHACHA20_POLY1305_SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
  ].join(":"),
  honorCipherOrder: true,
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION, // who the peer is stays what the handshake proved
} as const;
