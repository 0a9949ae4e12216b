import { createHash } from "node:crypto";
import type { PrismaClient } from "../generated/client.ts";

/** Counts tries, for limits that hold for all servers of a control plane together. */
export class Attempts {
  readonly #client: PrismaClient;

  constructor(client: PrismaClient) {
    this.#client = client;
  }

  /** Counts one more try in the bucket's current window. @returns how many there are in it now. */
  async count(bucket: string, windowSeconds: number): Promise<number> {
    const hash = createHash("sha256").update(bucket).digest("base64url");
    const [row] = await this.#client.$queryRaw<{ count: number }[]>`
      INSERT INTO identity.attempt AS a (bucket, window_start, count) VALUES (${hash}, now(), 1)
      ON CONFLICT (bucket) DO UPDATE SET
        count = CASE WHEN a.window_start < now() - make_interval(secs => ${windowSeconds}) THEN 1 ELSE a.count + 1 END,
        window_start = CASE WHEN a.window_start < now() - make_interval(secs => ${windowSeconds}) THEN now() ELSE a.window_start END
      RETURNING count`;
    return row?.count ?? 1;
  }
}
