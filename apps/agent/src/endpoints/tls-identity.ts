import type { Server } from "node:tls";
import { SERVER_CERTIFICATE_SECONDS } from "../clients/authority.ts";
import type { Logger } from "../logger.ts";
import type { ServedDomain } from "./served-agent.ts";
import { TLS_CONTEXT } from "./tls-context.ts";

const LOOK_MS = 600_000;

/** What a listener's certificate is kept for. */
export interface TlsIdentityParts {
  readonly server: Server;
  /** The listener's, among our own names. */
  readonly listener: "rest" | "kmip";
  /** Host names and addresses by which it is reached. */
  readonly names: readonly string[];
  readonly logger: Logger;
  /** Further authorities whose certificates clients may show, PEM; empty without any. */
  readonly companyCa: string;
  /** Told when the certificate that is shown ends, Unix seconds. */
  readonly shown: (notAfter: number) => void;
}

/**
 * Keeps a listener's certificate: the one that was installed from another authority, else one of the agent's own, issued
 * when the domain comes and made anew when half of its time is over. It is kept in memory while the agent is sealed so that
 * clients are told so. Before the first one, handshakes fail.
 *
 * A new certificate is for new handshakes: open connections and sessions go on.
 */
export class TlsIdentity {
  readonly #parts: TlsIdentityParts;
  readonly #timer: NodeJS.Timeout;
  #domain: ServedDomain | null = null;
  #stop: (() => void) | null = null;
  #renewAt = 0;
  #pending: Promise<void> = Promise.resolve();

  constructor(parts: TlsIdentityParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Takes a domain's arrival or leave; resolves when the listener shows a certificate of it. */
  follow(domain: ServedDomain | null): Promise<void> {
    this.#domain = domain;
    this.#stop?.();
    this.#stop = null;
    if (domain === null) return Promise.resolve();
    const again = (): void => void this.#renewSoon(domain);
    const stops = [domain.installed.onChange(again), domain.authority.generations.onChange(again)];
    this.#stop = () => {
      for (const stop of stops) stop();
    };
    return this.#renewSoon(domain);
  }

  /** Makes the certificate anew if it is time. Resolves when that is done. */
  async look(): Promise<void> {
    const domain = this.#domain;
    if (domain !== null && domain.guard.time() >= this.#renewAt) await this.#renewSoon(domain);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stop?.();
  }

  #renewSoon(domain: ServedDomain): Promise<void> {
    this.#pending = this.#pending.then(() => this.#renew(domain));
    return this.#pending;
  }

  async #renew(domain: ServedDomain): Promise<void> {
    const { server, listener, names, logger, shown, companyCa } = this.#parts;
    try {
      const installed = domain.installed.current;
      const { certPem, keyPem, notAfter } = installed ?? (await domain.authority.issueServer(names));
      const ticketKeys = server.getTicketKeys(); // sessions that began under the certificate before go on
      server.setSecureContext({
        ...TLS_CONTEXT,
        cert: certPem,
        key: keyPem,
        ca: domain.authority.caPem + companyCa,
        ticketKeys,
      });
      this.#renewAt = installed === null ? notAfter - SERVER_CERTIFICATE_SECONDS / 2 : Number.POSITIVE_INFINITY;
      shown(notAfter);
    } catch {
      logger.error("listener.certificate", { listener, names: names.join(" ") });
    }
  }
}
