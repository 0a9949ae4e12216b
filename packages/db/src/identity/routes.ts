import type { AgentRoute, PrismaClient } from "../generated/client.ts";
import type { Scope } from "../tenancy.ts";

export type { AgentRoute };

/** Enrolment tokens, and which mailbox a key server's requests belong to. */
export class Routes {
  readonly #client: PrismaClient;

  constructor(client: PrismaClient) {
    this.#client = client;
  }

  async putToken(token: Scope & { tokenHash: string; createdBy: string; expiresAt: Date }): Promise<void> {
    await this.#client.enrolmentToken.create({ data: token });
  }

  /**
   * Uses a token up and gives the key server its route, both or neither. The same key server may repeat it, since it
   * may not have heard the answer.
   *
   * @returns null when the token is unknown, too old or used by another, or the key server belongs elsewhere.
   */
  enrol(tokenHash: string, agent: { aid: string; aik: string }): Promise<Scope | null> {
    return this.#client.$transaction(async (tx) => {
      const now = new Date();
      const { aid, aik } = agent;
      await tx.enrolmentToken.updateMany({
        where: { tokenHash, usedAt: null, expiresAt: { gt: now } },
        data: { usedAt: now, usedBy: aid },
      });
      const token = await tx.enrolmentToken.findUnique({ where: { tokenHash } });
      if (token === null || token.usedBy !== aid || token.expiresAt <= now) return null;
      const { tenantId, environmentId } = token;
      const route = await tx.agentRoute.findUnique({ where: { aid } });
      if (route === null) await tx.agentRoute.create({ data: { aid, aik, tenantId, environmentId } });
      else if (route.tenantId !== tenantId || route.environmentId !== environmentId || route.aik !== aik) return null;
      else if (route.revokedAt) await tx.agentRoute.update({ where: { aid }, data: { revokedAt: null } });
      return { tenantId, environmentId };
    });
  }

  /** The route of a key server that has one; null for a stranger and for one that was unlinked. */
  async find(aid: string): Promise<AgentRoute | null> {
    const route = await this.#client.agentRoute.findUnique({ where: { aid } });
    return route?.revokedAt === null ? route : null;
  }

  async revoke(aid: string): Promise<void> {
    await this.#client.agentRoute.updateMany({ where: { aid, revokedAt: null }, data: { revokedAt: new Date() } });
  }

  /** Whether the nonce is new; from then on it is not. */
  async takeNonce(aid: string, nonce: string, expiresAt: Date): Promise<boolean> {
    const made = await this.#client.agentNonce.createMany({ data: { aid, nonce, expiresAt }, skipDuplicates: true });
    return made.count === 1;
  }

  /** Makes the witness's public key known, so that enrolment tokens can name it. */
  async publishWitness(vkey: string): Promise<void> {
    await this.#client.witnessKey.createMany({ data: { vkey }, skipDuplicates: true });
  }

  /** The newest witness key; null before a gateway has published one. */
  async findWitness(): Promise<string | null> {
    const newest = await this.#client.witnessKey.findFirst({ orderBy: { createdAt: "desc" } });
    return newest?.vkey ?? null;
  }
}
