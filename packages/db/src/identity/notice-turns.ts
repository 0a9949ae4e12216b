import type { PrismaClient } from "../generated/client.ts";

/**
 * Which organisations have notices to be looked at, and when. A worker that takes one holds it for a while, so that each
 * is looked at by one worker at a time, however many gateways there are.
 */
export class NoticeTurns {
  readonly #client: PrismaClient;

  constructor(client: PrismaClient) {
    this.#client = client;
  }

  /** Has the organisation looked at now, and from then on. */
  async add(tenantId: string): Promise<void> {
    const dueAt = new Date();
    await this.#client.noticeTurn.upsert({ where: { tenantId }, create: { tenantId, dueAt }, update: { dueAt } });
  }

  /** Has it looked at now, if it has anything to look at. */
  async wake(tenantId: string): Promise<void> {
    await this.#client.noticeTurn.updateMany({
      where: { tenantId, dueAt: { gt: new Date() } },
      data: { dueAt: new Date() },
    });
  }

  /** Nothing is to be looked at any more, unless somebody has asked meanwhile. */
  async remove(tenantId: string): Promise<void> {
    await this.#client.noticeTurn.deleteMany({ where: { tenantId, dueAt: { gt: new Date() } } });
  }

  /** Takes up to `most` organisations whose turn it is; nobody else gets them for `holdSeconds`. */
  async take(most: number, holdSeconds: number): Promise<string[]> {
    const rows = await this.#client.$queryRaw<{ tenantId: string }[]>`
      UPDATE identity.notice_turn SET due_at = now() + make_interval(secs => ${holdSeconds})
      WHERE tenant_id IN (
        SELECT tenant_id FROM identity.notice_turn WHERE due_at <= now() ORDER BY due_at LIMIT ${most}
        FOR UPDATE SKIP LOCKED
      )
      RETURNING tenant_id::text AS "tenantId"`;
    return rows.map(({ tenantId }) => tenantId);
  }

  /** Gives one back, to be looked at again in so many seconds, or at once where somebody has asked meanwhile. */
  async giveBack(tenantId: string, inSeconds: number): Promise<void> {
    const dueAt = new Date(Date.now() + inSeconds * 1000);
    await this.#client.noticeTurn.updateMany({ where: { tenantId, dueAt: { gt: new Date() } }, data: { dueAt } });
  }
}
