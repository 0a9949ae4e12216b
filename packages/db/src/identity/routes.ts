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
   * A key server that has left its environment may enrol in another one; one that has not stays where it is.
   *
   * @returns null when the token is unknown, too old or used by another, or the key server belongs elsewhere; the token
   *   is then as good as before.
   */
  enrol(tokenHash: string, agent: { aid: string; aik: string }): Promise<Scope | null> {
    return this.#client.$transaction(async (tx) => {
      const now = new Date();
      const { aid, aik } = agent;
      await tx.$queryRaw`SELECT token_hash FROM identity.enrolment_token WHERE token_hash = ${tokenHash} FOR UPDATE`;
      const token = await tx.enrolmentToken.findUnique({ where: { tokenHash } });
      if (token === null || token.expiresAt <= now || (token.usedBy !== null && token.usedBy !== aid)) return null;
      const { tenantId, environmentId } = token;
      const route = await tx.agentRoute.findUnique({ where: { aid } });
      const isHere = route?.tenantId === tenantId && route.environmentId === environmentId;
      if (route !== null && (route.aik !== aik || (!isHere && route.revokedAt === null))) return null;
      const place = { tenantId, environmentId, revokedAt: null };
      await tx.agentRoute.upsert({ where: { aid }, create: { aid, aik, ...place }, update: place });
      await tx.enrolmentToken.updateMany({ where: { tokenHash, usedAt: null }, data: { usedAt: now, usedBy: aid } });
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
