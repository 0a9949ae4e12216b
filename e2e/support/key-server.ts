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
  readonly data: string;

  constructor({ data }: Pick<Product, "data">) {
    this.data = data;
    this.admin = createAdminClient(join(data, "agent/admin.sock"));
  }

  status(): Promise<StatusAnswer> {
    return this.admin.get<StatusAnswer>("/v1/status");
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
    const { DatabaseSync } = await import("node:sqlite");
    const db = new DatabaseSync(join(this.data, "agent/agent.db"), { readOnly: true });
    const row = db.prepare("select coalesce(sum(count), 0) as n from refusal where code = ?").get(code) as {
      n: number;
    };
    db.close();
    return row.n;
  }
}
