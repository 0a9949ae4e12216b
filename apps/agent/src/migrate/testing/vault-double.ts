import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a version 2 secret has. Tests only. */
export interface KvTwo {
  readonly versions: readonly { readonly data: object; readonly deleted?: boolean; readonly destroyed?: boolean }[];
}

/** A Transit key. Tests only. */
export interface TransitKey {
  readonly type: string;
  readonly exportable: boolean;
  readonly derived?: boolean;
  /** By version number. */
  readonly keys: Readonly<Record<string, string>>;
}

/** What a double holds. Tests only. */
export interface VaultContent {
  readonly token: string;
  readonly kvOne: Readonly<Record<string, object>>;
  readonly kvTwo: Readonly<Record<string, KvTwo>>;
  readonly transit: Readonly<Record<string, TransitKey>>;
  /** Paths that the token's policy does not permit. */
  readonly denied?: readonly string[];
}

/**
 * A strict double of Vault's HTTP API, written from its documentation: the paths, members and status codes of KV 1, KV 2,
 * Transit and sys/mounts, and 405 or 404 for everything else. Tests only.
 *
 * @see developer.hashicorp.com/vault/api-docs
 */
export class VaultDouble {
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #content: VaultContent;

  private constructor(content: VaultContent) {
    this.#content = content;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(content: VaultContent): Promise<VaultDouble> {
    const double = new VaultDouble(content);
    await new Promise<void>((resolve) => double.#server.listen(0, "127.0.0.1", resolve));
    return double;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { status, body } = this.#said(request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }

  #said(request: IncomingMessage): { status: number; body: object } {
    const url = new URL(request.url ?? "/", "http://vault");
    const path = decodeURIComponent(url.pathname);
    this.asked.push(`${path}${url.search}`);
    const refused = (status: number, ...errors: string[]) => ({ status, body: { errors } });
    if (request.method !== "GET") return refused(405, "unsupported operation");
    if (request.headers["x-vault-request"] !== "true") return refused(400, "missing X-Vault-Request header");
    if (request.headers["x-vault-token"] !== this.#content.token) return refused(403, "permission denied");
    if (this.#content.denied?.includes(path)) return refused(403, "1 error occurred: permission denied");
    const data = url.searchParams.get("list") === "true" ? this.#list(path) : this.#read(path, url.searchParams);
    if (data === null) return refused(404);
    return { status: 200, body: { request_id: "r", lease_id: "", renewable: false, data } };
  }

  #read(path: string, query: URLSearchParams): object | null {
    const { kvOne, kvTwo, transit } = this.#content;
    if (path === "/v1/sys/mounts") return MOUNTS;
    const [, ui] = /^\/v1\/sys\/internal\/ui\/mounts\/(.+)$/.exec(path) ?? [];
    if (ui !== undefined) return MOUNTS[`${ui}/` as keyof typeof MOUNTS] ?? null;
    if (path.startsWith("/v1/old/")) return kvOne[path.slice("/v1/old/".length)] ?? null;
    if (path.startsWith("/v1/secret/metadata/")) return metadataOf(kvTwo[path.slice("/v1/secret/metadata/".length)]);
    if (path.startsWith("/v1/secret/data/"))
      return versionOf(kvTwo[path.slice("/v1/secret/data/".length)], Number(query.get("version") ?? 0));
    const [, name = ""] = /^\/v1\/transit\/keys\/([^/]+)$/.exec(path) ?? [];
    const key = transit[name];
    if (key !== undefined) return describe(name, key);
    const [, kind = "", exported = ""] = /^\/v1\/transit\/export\/([a-z-]+)\/([^/]+)$/.exec(path) ?? [];
    return exportOf(kind, exported, transit[exported]);
  }

  #list(path: string): object | null {
    const { kvOne, kvTwo, transit } = this.#content;
    if (path === "/v1/transit/keys") return { keys: Object.keys(transit) };
    const [, mount, folder = ""] = /^\/v1\/(old|secret\/metadata)\/?(.*)$/.exec(path) ?? [];
    if (mount === undefined) return null;
    return below(
      Object.keys(mount === "old" ? kvOne : kvTwo),
      folder === "" || folder.endsWith("/") ? folder : `${folder}/`,
    );
  }
}

const MOUNTS = {
  "cubbyhole/": { type: "cubbyhole", options: null },
  "old/": { type: "kv", options: { version: "1" } },
  "secret/": { type: "kv", options: { version: "2" } },
  "sys/": { type: "system", options: null },
  "transit/": { type: "transit", options: null },
};

function below(paths: readonly string[], folder: string): object | null {
  const names = paths
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length).replace(/\/.*$/, "/"));
  return names.length === 0 ? null : { keys: [...new Set(names)].sort() };
}

function metadataOf(secret: KvTwo | undefined): object | null {
  if (secret === undefined) return null;
  const versions = secret.versions.map(({ deleted, destroyed }, at) => [
    String(at + 1),
    {
      created_time: "2026-01-01T00:00:00Z",
      deletion_time: deleted === true ? "2026-02-01T00:00:00Z" : "",
      destroyed: destroyed === true,
    },
  ]);
  return { current_version: secret.versions.length, oldest_version: 0, versions: Object.fromEntries(versions) };
}

function versionOf(secret: KvTwo | undefined, version: number): object | null {
  const found = secret?.versions[(version || (secret?.versions.length ?? 0)) - 1];
  if (found === undefined || found.deleted === true || found.destroyed === true) return null;
  return { data: found.data, metadata: { version, destroyed: false, deletion_time: "" } };
}

function describe(name: string, { type, exportable, derived = false, keys }: TransitKey): object {
  const numbers = Object.keys(keys).map(Number);
  return {
    ...{ name, type, exportable, derived, deletion_allowed: false, imported_key: false },
    ...{
      latest_version: Math.max(...numbers),
      min_available_version: 0,
      min_decryption_version: 1,
      min_encryption_version: 0,
    },
    keys: Object.fromEntries(numbers.map((number) => [number, 1_700_000_000])),
  };
}

const EXPORTED: Readonly<Record<string, RegExp>> = {
  "encryption-key": /^(?:aes|chacha|rsa)/,
  "signing-key": /^(?:ed25519|ecdsa|rsa)/,
  "hmac-key": /./,
};

function exportOf(kind: string, name: string, key: TransitKey | undefined): object | null {
  if (key === undefined || !key.exportable || EXPORTED[kind]?.test(key.type) !== true) return null;
  return { name, type: key.type, keys: key.keys };
}
