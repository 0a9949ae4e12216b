import { MigrateError } from "../errors.ts";
import type { KeySource, SourceKey, SourceMaterial } from "../key-source.ts";
import { encodePath } from "./encode-path.ts";
import { listKvOne, listKvTwo, readKv } from "./kv.ts";
import { listTransit, readTransit } from "./transit.ts";
import type { VaultPeer } from "./vault-peer.ts";

/** How what is moved is kept here. */
export interface VaultSettings {
  readonly group: string;
  readonly extractable: boolean;
  /** Mounts to look at; all of KV and Transit without it. */
  readonly mounts: readonly string[];
}

/** A place in Vault, and what it is. */
interface Mount {
  readonly path: string;
  readonly type: "kv-1" | "kv-2" | "transit";
}

/** KV version 1 and 2 and exportable Transit keys of a Vault server. */
export class VaultSource implements KeySource {
  readonly protocol = "Vault";
  readonly #peer: VaultPeer;
  readonly #settings: VaultSettings;

  constructor(peer: VaultPeer, settings: VaultSettings) {
    this.#peer = peer;
    this.#settings = settings;
  }

  get name(): string {
    return this.#peer.name;
  }

  /** @throws {@link MigrateError} `E_PEER`, `E_PEER_ANSWER` */
  async list(): Promise<SourceKey[]> {
    const found: SourceKey[] = [];
    for (const { path, type } of await this.#mounts()) {
      if (type === "kv-1") found.push(...(await listKvOne(this.#peer, path)));
      else if (type === "kv-2") found.push(...(await listKvTwo(this.#peer, path)));
      else found.push(...(await listTransit(this.#peer, path)));
    }
    return found;
  }

  read(key: SourceKey): Promise<SourceMaterial | string> {
    return key.kind.startsWith("kv")
      ? readKv(this.#peer, key, this.#settings)
      : readTransit(this.#peer, key, this.#settings);
  }

  async #mounts(): Promise<Mount[]> {
    const { mounts } = this.#settings;
    if (mounts.length > 0) return Promise.all(mounts.map((path) => this.#mount(path)));
    const answer = await this.#peer.read("sys/mounts");
    if (!answer.ok) {
      const next = "Name the mounts with --mount, or give a token that may read sys/mounts.";
      throw new MigrateError("E_PEER_ANSWER", `${this.name} does not list its mounts: ${answer.words}.`, next);
    }
    return Object.entries(answer.data).flatMap(([path, facts]) => mountOf(path, facts) ?? []);
  }

  async #mount(path: string): Promise<Mount> {
    const plain = path.replace(/^\/+|\/+$/g, "");
    const answer = await this.#peer.read(`sys/internal/ui/mounts/${encodePath(plain)}`);
    const mount = answer.ok ? mountOf(plain, answer.data) : null;
    if (mount !== null) return mount;
    const why = answer.ok ? "it is neither KV nor Transit" : answer.words;
    throw new MigrateError(
      "E_PEER_ANSWER",
      `${plain} at ${this.name} cannot be moved: ${why}.`,
      "Name another --mount.",
    );
  }
}

function mountOf(path: string, facts: unknown): Mount | null {
  const { type, options } = (facts ?? {}) as { type?: unknown; options?: { version?: unknown } | null };
  const plain = path.replace(/\/+$/, "");
  if (type === "transit") return { path: plain, type };
  if (type !== "kv" && type !== "generic") return null;
  return { path: plain, type: String(options?.version ?? "1") === "2" ? "kv-2" : "kv-1" };
}
