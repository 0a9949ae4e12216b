import type { Challenge, PrismaClient } from "../generated/client.ts";

/** What a passkey ceremony is for. */
export type ChallengePurpose = "sign-up" | "sign-in" | "add-passkey" | "step-up";

/** A ceremony about to begin. */
export type NewChallenge = Omit<Challenge, "purpose"> & { readonly purpose: ChallengePurpose };

/** Passkey ceremonies under way, found by the hash of the cookie of the browser that began them. */
export class Challenges {
  readonly #client: PrismaClient;

  constructor(client: PrismaClient) {
    this.#client = client;
  }

  async put(challenge: NewChallenge): Promise<void> {
    await this.#client.challenge.create({ data: challenge });
  }

  /** Takes a challenge, so that nobody can use it again; null when there is none or it is too old. */
  async take(tokenHash: string, purpose: ChallengePurpose): Promise<Challenge | null> {
    const found = await this.#client.challenge.findUnique({ where: { tokenHash } });
    if (found === null || found.purpose !== purpose) return null;
    const taken = await this.#client.challenge.deleteMany({ where: { tokenHash } });
    return taken.count === 1 && found.expiresAt > new Date() ? found : null;
  }
}
