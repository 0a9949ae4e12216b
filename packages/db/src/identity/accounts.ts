import type { Account, Credential, PrismaClient } from "../generated/client.ts";

export type { Account, Credential };

/** A sign-in passkey as it is stored. */
export type NewCredential = Pick<
  Credential,
  "id" | "accountId" | "publicKey" | "signCount" | "transports" | "aaguid" | "isBackedUp" | "isSyncable" | "label"
>;

/** Accounts and their sign-in passkeys. */
export class Accounts {
  readonly #client: PrismaClient;

  constructor(client: PrismaClient) {
    this.#client = client;
  }

  /** An account is made with its first passkey or not at all. */
  async create(account: { id: string; name: string; userHandle: string }, credential: NewCredential): Promise<void> {
    await this.#client.$transaction([
      this.#client.account.create({ data: account }),
      this.#client.credential.create({ data: credential }),
    ]);
  }

  find(id: string): Promise<Account | null> {
    return this.#client.account.findUnique({ where: { id } });
  }

  async rename(id: string, name: string): Promise<void> {
    await this.#client.account.update({ where: { id }, data: { name } });
  }

  findCredential(id: string): Promise<(Credential & { account: Account }) | null> {
    return this.#client.credential.findUnique({ where: { id }, include: { account: true } });
  }

  credentialsOf(accountId: string): Promise<Credential[]> {
    return this.#client.credential.findMany({ where: { accountId }, orderBy: { createdAt: "asc" } });
  }

  async addCredential(credential: NewCredential): Promise<void> {
    await this.#client.credential.create({ data: credential });
  }

  /** The counter is recorded, never judged: several devices may share one passkey. */
  async recordUse(id: string, use: { signCount: bigint; isBackedUp: boolean }): Promise<void> {
    await this.#client.credential.update({ where: { id }, data: { ...use, lastUsedAt: new Date() } });
  }

  /** @returns false when it is not there, or is the account's last one. */
  removeCredential(accountId: string, id: string): Promise<boolean> {
    return this.#client.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM identity.account WHERE id = ${accountId}::uuid FOR UPDATE`;
      if ((await tx.credential.count({ where: { accountId } })) < 2) return false;
      return (await tx.credential.deleteMany({ where: { accountId, id } })).count === 1;
    });
  }

  /** @returns false when the passkey is not this account's. */
  async renameCredential(accountId: string, id: string, label: string): Promise<boolean> {
    return (await this.#client.credential.updateMany({ where: { accountId, id }, data: { label } })).count === 1;
  }
}
