import type { Account, PrismaClient, Session } from "../generated/client.ts";

export type { Session };

/** A session about to be. */
export type NewSession = Pick<Session, "tokenHash" | "id" | "accountId" | "credentialId" | "device" | "expiresAt">;

/** Signed-in browsers, found by the hash of their cookie. */
export class Sessions {
  readonly #client: PrismaClient;

  constructor(client: PrismaClient) {
    this.#client = client;
  }

  async create(session: NewSession): Promise<void> {
    await this.#client.session.create({ data: session });
  }

  find(tokenHash: string): Promise<(Session & { account: Account }) | null> {
    return this.#client.session.findUnique({ where: { tokenHash }, include: { account: true } });
  }

  async recordSeen(tokenHash: string): Promise<void> {
    await this.#client.session.updateMany({ where: { tokenHash }, data: { lastSeenAt: new Date() } });
  }

  /** Gives a session a new cookie, after its person has shown a passkey again. */
  async stepUp(tokenHash: string, next: { tokenHash: string; credentialId: string }): Promise<boolean> {
    const now = new Date();
    const data = { ...next, steppedUpAt: now, lastSeenAt: now };
    return (await this.#client.session.updateMany({ where: { tokenHash }, data })).count === 1;
  }

  listOf(accountId: string): Promise<Session[]> {
    return this.#client.session.findMany({
      where: { accountId, expiresAt: { gt: new Date() } },
      orderBy: { lastSeenAt: "desc" },
    });
  }

  async end(tokenHash: string): Promise<void> {
    await this.#client.session.deleteMany({ where: { tokenHash } });
  }

  /** @returns false when it is not a session of this account. */
  async endOne(accountId: string, id: string): Promise<boolean> {
    return (await this.#client.session.deleteMany({ where: { accountId, id } })).count === 1;
  }

  /** Ends all of an account's sessions but one. @returns how many ended. */
  async endOthers(accountId: string, keptId: string): Promise<number> {
    return (await this.#client.session.deleteMany({ where: { accountId, id: { not: keptId } } })).count;
  }
}
