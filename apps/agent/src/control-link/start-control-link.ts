import { setTimeout as pause } from "node:timers/promises";
import { fipsStatus, randomBytes } from "@holdfast/crypto";
import { HoldfastError } from "@holdfast/protocol";
import type { Agent } from "../agent.ts";
import type { Domain } from "../domain.ts";
import { StoreError } from "../keystore/errors.ts";
import { type EnrolmentToken, parseEnrolmentToken } from "../roster/enrolment-token.ts";
import { AGENT_VERSION } from "../version.ts";
import { backupWord } from "./backup-word.ts";
import { conditionsOf } from "./conditions.ts";
import { Connection } from "./connection.ts";
import type { ControlLink, LinkFault, LinkPreview } from "./control-link.ts";
import { LinkError } from "./errors.ts";
import { GatewayClient } from "./gateway-client.ts";
import { type LinkRecord, readLink, removeLink, writeLink } from "./link-file.ts";

/** What the link works on. */
export interface LinkParts {
  readonly agent: Agent;
  /** Where the agent serves, for the dashboard's snippets. */
  readonly urls: () => { readonly rest: string | null; readonly kmip: string | null };
}

/**
 * Keeps the agent's connection to its control plane: the one kept in the data folder, or the one whose token the
 * registration of the first administrator brought.
 */
export function startControlLink(parts: LinkParts): ControlLink {
  const link = new Link(parts);
  parts.agent.onDomain((domain) => link.follow(domain));
  parts.agent.onSeal(() => link.sayLastWord());
  return link;
}

const ENROL_PAUSE_MS = 5_000;
/** An hour's worth: a token lives no longer. */
const ENROL_TRIES = 720;

class Link implements ControlLink {
  readonly #parts: LinkParts;
  /** Names this run of the program: two that poll by turns under one identity give themselves away. */
  readonly #run = Buffer.from(randomBytes(16)).toString("base64url");
  #record: LinkRecord | null;
  #domain: Domain | null = null;
  #connection: Connection | null = null;
  #connectedAt: number | null = null;
  #fault: LinkFault | null = null;
  #closed = false;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#record = readLink(parts.agent.dataDirectory);
  }

  preview(token: string): LinkPreview {
    const { gateway, witness, loopback } = parseEnrolmentToken(token.trim());
    return { gateway, witness: witness.name, loopback };
  }

  link(token: string) {
    return this.#enrol(parseEnrolmentToken(token.trim()));
  }

  async unlink(): Promise<object> {
    const record = this.#record;
    if (record === null) throw new LinkError("E_NOT_LINKED", "This agent reports to no control plane.");
    const domain = this.#openDomain();
    await this.#disconnect();
    this.#record = null;
    this.#connectedAt = null;
    this.#fault = null;
    removeLink(this.#parts.agent.dataDirectory);
    domain.executor.recordHostEvent("agent.link", { gateway: "" });
    await this.#client(record, domain)
      .post("/v1/unlink", {})
      .catch(() => undefined); // it may be gone for ever; leaving does not need it
    return { linked: false };
  }

  status() {
    return this.#record && { gateway: this.#record.gateway, connectedAt: this.#connectedAt, fault: this.#fault };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#disconnect();
  }

  /** Connects while there is an open domain, and lets go when it is sealed. */
  follow(domain: Domain | null): void {
    this.#domain = domain;
    void this.#disconnect().then(() => this.#connectOrEnrol(domain));
  }

  /** Says that the agent is sealed as long as it can still sign: a sealed one says nothing. Nothing waits for it. */
  sayLastWord(): void {
    void this.#sendLastWord().catch(() => undefined);
  }

  /** Signs before it waits for anything. */
  async #sendLastWord(): Promise<void> {
    if (this.#record === null || this.#domain === null || this.#connectedAt === null) return;
    const status = { ...this.#status(this.#domain), sealed: true };
    await this.#client(this.#record, this.#domain).post("/v1/status", { status });
  }

  #connectOrEnrol(domain: Domain | null): void {
    if (domain === null || domain !== this.#domain || this.#closed || this.#connection) return;
    const { agent } = this.#parts;
    const token = agent.registration.token();
    if (this.#record !== null) this.#connect(this.#record, domain);
    else if (token !== null && !domain.local) void this.#enrolPatiently(token, domain);
  }

  /** The registration's token is used as soon as the gateway can be had, for as long as tokens live. */
  async #enrolPatiently(token: EnrolmentToken, domain: Domain): Promise<void> {
    const { logger } = this.#parts.agent;
    for (
      let tries = 0;
      tries < ENROL_TRIES && domain === this.#domain && this.#record === null && !this.#closed;
      tries += 1
    ) {
      try {
        await this.#enrol(token);
        return;
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        logger.error("link.failed", { code: String(error.code), ...error.detail });
        if (error.code !== "E_GATEWAY") return;
        await pause(ENROL_PAUSE_MS, undefined, { ref: false });
      }
    }
  }

  async #enrol(token: EnrolmentToken) {
    if (this.#record !== null)
      throw new LinkError("E_LINKED", `This agent reports to ${this.#record.gateway} already.`);
    const domain = this.#openDomain();
    const { agent } = this.#parts;
    const { gateway, spki, witness, secret } = token;
    const { aid, aik } = agent.identity;
    const body = { secret, aid, aik, name: agent.name, version: AGENT_VERSION };
    const answer = await this.#client(token, domain).post<{ environment?: { id?: unknown; name?: unknown } }>(
      "/v1/enrol",
      body,
    );
    const environment = readEnvironment(answer.environment);
    const record: LinkRecord = {
      ...{ ver: 1, gateway, witness: witness.vkey, environment, linkedAt: agent.clock.now() },
      ...(spki === undefined ? {} : { spki }),
    };
    domain.executor.recordHostEvent("agent.link", { gateway });
    writeLink(agent.dataDirectory, record);
    this.#record = record;
    agent.logger.info("link.made", { gateway });
    if (this.#domain === domain && !this.#closed) this.#connect(record, domain);
    return { environment };
  }

  #connect(record: LinkRecord, domain: Domain): void {
    this.#connection = new Connection({
      domain,
      client: this.#client(record, domain),
      witness: record.witness,
      run: this.#run,
      status: () => this.#status(domain),
      onAnswer: () => {
        this.#connectedAt = this.#parts.agent.clock.now();
        this.#fault = null;
      },
      onFault: ({ code, detail }) => {
        const since = this.#fault?.since ?? this.#parts.agent.clock.now();
        this.#fault = { code, reason: typeof detail.reason === "string" ? detail.reason : null, since };
      },
    });
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    await connection?.close();
  }

  #client({ gateway, spki }: { gateway: string; spki?: string | undefined }, { aid, keys }: Domain): GatewayClient {
    return new GatewayClient({ gateway, spki, aid, aik: keys.aik, now: () => this.#parts.agent.clock.now() });
  }

  #openDomain(): Domain {
    if (this.#domain !== null) return this.#domain;
    throw new StoreError(this.#parts.agent.sealed ? "E_SEALED" : "E_GENESIS");
  }

  /** Public facts, as the dashboard lists them. */
  #status(domain: Domain) {
    const { keystore, log } = domain;
    const { agent, urls } = this.#parts;
    const { locked, recovering } = keystore.domain();
    const { keys, clients } = keystore.counts();
    return {
      name: agent.name,
      version: AGENT_VERSION,
      build: `holdfast-agent ${AGENT_VERSION}`,
      kek: agent.custody.kek.kind,
      fips: fipsStatus().mode,
      rest: urls().rest,
      kmip: urls().kmip,
      page: agent.pageOrigin,
      ...{ sealed: agent.sealed, locked, recovering, keys, clients, size: log.size },
      ...backupWord(domain),
      conditions: conditionsOf(agent, domain),
    };
  }
}

function readEnvironment(given: { id?: unknown; name?: unknown } | undefined): { id: string; name: string } {
  const { id, name } = given ?? {};
  if (typeof id === "string" && typeof name === "string" && id.length <= 64 && name.length <= 128) return { id, name };
  throw new LinkError("E_GATEWAY_ANSWER", "The control plane does not say which environment it is.");
}
