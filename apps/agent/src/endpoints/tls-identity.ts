import type { Server } from "node:tls";
import { SERVER_CERTIFICATE_SECONDS } from "../clients/authority.ts";
import type { Logger } from "../logger.ts";
import type { ServedDomain } from "./served-agent.ts";
import { TLS_CONTEXT } from "./tls-context.ts";

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
      this.#logger.error("listener.certificate", { names: this.#names.join(" ") });
    }
  }
}
