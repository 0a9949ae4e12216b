import { join } from "node:path";
import type { ActAnswer, ActRequest, KeyView, StatusAnswer } from "../../apps/agent/src/admin/answers.ts";
import { type AdminClient, createAdminClient } from "../../apps/agent/src/cli/admin-client.ts";
import type { Product } from "./product.ts";

/** One entry of the custody log as `audit tail` shows it. */
export interface EntrySeen {
  readonly n: number;
  readonly kind: string;
  readonly subject: string;
  readonly code: string | null;
}

/** The key server's own account of itself, as its owner reads it at its console. */
export class KeyServer {
  readonly admin: AdminClient;

  constructor({ data }: Pick<Product, "data">) {
    this.admin = createAdminClient(join(data, "agent/admin.sock"));
  }

  status(): Promise<StatusAnswer> {
    return this.admin.get<StatusAnswer>("/v1/status");
  }

  /** What must be as before after an attack: the log and the number of keys. */
  async standing(): Promise<{ size: number; root: string; keys: number }> {
    const { size, root, counts } = await this.status();
    if (size === null || root === null || counts === null) throw new TypeError("The key server is sealed.");
    return { size, root, keys: counts.keys };
  }

  async keys(): Promise<KeyView[]> {
    return (await this.admin.get<{ keys: KeyView[] }>("/v1/keys")).keys;
  }

  async entriesFrom(n: number): Promise<EntrySeen[]> {
    return (await this.admin.get<{ entries: EntrySeen[] }>(`/v1/log?from=${n}`)).entries;
  }

  /** Proposes at the command line; a passkey has to approve it. */
  propose(request: Pick<ActRequest, "act" | "args"> & Partial<ActRequest>): Promise<ActAnswer> {
    return this.admin.post<ActAnswer>("/v1/act", { reason: "", wait: false, ...request });
  }

  /** Hands in an envelope as a file. */
  deliver(envelope: Uint8Array): Promise<ActAnswer> {
    return this.admin.post<ActAnswer>("/v1/envelope", { envelope: Buffer.from(envelope).toString("base64url") });
  }

  /** How often something was refused by this code so far. */
  async refusals(code: string): Promise<number> {
    const { refusals } = await this.admin.get<{ refusals: { code: string; count: number }[] }>("/v1/refusals");
    return refusals.filter((each) => each.code === code).reduce((sum, { count }) => sum + count, 0);
  }
}
