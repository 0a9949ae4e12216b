import { request as plainRequest } from "node:http";
import { type RequestOptions, request as tlsRequest } from "node:https";
import { type NoAnswer, takeAnswer, type WholeAnswer } from "../../json-http/take-answer.ts";
import { MigrateError } from "../errors.ts";

const LIMITS = { withinMs: 30_000, maxBytes: 32 * 1024 * 1024 };

/** A Vault server, and who asks it. */
export interface VaultAddress {
  readonly host: string;
  readonly port: number;
  /** Without TLS: on this machine only. */
  readonly plain: boolean;
  /** PEM of its authority, where that is none of the system's. */
  readonly ca?: string | undefined;
  readonly token: string;
  readonly namespace?: string | undefined;
}

/** What Vault answers: its `data`, or why not. */
export type VaultAnswer =
  | { readonly ok: true; readonly data: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly status: number; readonly words: string };

/**
 * A Vault server by its HTTP API. It only reads.
 *
 * @see developer.hashicorp.com/vault/api-docs
 */
export class VaultPeer {
  readonly #address: VaultAddress;

  constructor(address: VaultAddress) {
    this.#address = address;
  }

  get name(): string {
    return `${this.#address.host}:${this.#address.port}`;
  }

  /** @param path - Below `/v1/`, its segments encoded. @throws {@link MigrateError} `E_PEER`, `E_PEER_ANSWER` */
  async read(path: string): Promise<VaultAnswer> {
    const { status, body } = await this.#get(path);
    const { data, errors } = jsonOf(body, this.name);
    if (status === 200 && typeof data === "object" && data !== null)
      return { ok: true, data: data as Readonly<Record<string, unknown>> };
    if (status === 200 || status >= 500 || status === 429)
      throw new MigrateError("E_PEER_ANSWER", `${this.name} answered ${status} to ${path}.`, "Look at that server.");
    const words =
      Array.isArray(errors) && errors.length > 0 ? errors.join("; ").slice(0, 200) : `it answered ${status}`;
    return { ok: false, status, words };
  }

  /** The names below a path, none where there are none. @throws {@link MigrateError} as {@link read}, and `E_PEER_ANSWER` when they are refused */
  async list(path: string): Promise<string[]> {
    const answer = await this.read(`${path}?list=true`);
    if (!answer.ok && answer.status === 404) return [];
    if (!answer.ok) {
      const next = "Give a token whose policy has list and read there, or name other mounts with --mount.";
      throw new MigrateError("E_PEER_ANSWER", `${this.name} does not list ${path}: ${answer.words}.`, next);
    }
    const { keys } = answer.data;
    return Array.isArray(keys) ? keys.map(String) : [];
  }

  async #get(path: string): Promise<WholeAnswer> {
    const { host, port, plain, ca, token, namespace } = this.#address;
    const headers: Record<string, string> = { "x-vault-token": token, "x-vault-request": "true" };
    if (namespace !== undefined) headers["x-vault-namespace"] = namespace;
    const options: RequestOptions = { host, port, path: `/v1/${path}`, headers, ...(ca === undefined ? {} : { ca }) };
    return takeAnswer(plain ? plainRequest(options) : tlsRequest(options), LIMITS).catch(({ why }: NoAnswer) => {
      throw new MigrateError("E_PEER", `${this.name} cannot be asked (${why}).`, "Check address, token and --ca.");
    });
  }
}

function jsonOf(body: Buffer, name: string): { data?: unknown; errors?: unknown } {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString("utf8")) as { data?: unknown; errors?: unknown };
  } catch {
    throw new MigrateError("E_PEER_ANSWER", `${name} does not answer in JSON.`, "Is it a Vault server?");
  } finally {
    body.fill(0);
  }
}
