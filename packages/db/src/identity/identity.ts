import type { PrismaClient } from "../generated/client.ts";
import { Accounts } from "./accounts.ts";
import { Attempts } from "./attempts.ts";
import { Challenges } from "./challenges.ts";
import { NoticeTurns } from "./notice-turns.ts";
import { Routes } from "./routes.ts";
import { Sessions } from "./sessions.ts";

/** Counted tries are kept this long; no window is longer. */
const LONGEST_WINDOW_MS = 86_400_000;

/**
 * All that is looked up before a tenant is known, each by an exact key that its bearer has to know.
 *
 * It logs in as holdfast_identity, which reaches nothing of any tenant.
 */
export class Identity {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly challenges: Challenges;
  readonly routes: Routes;
  readonly attempts: Attempts;
  readonly noticeTurns: NoticeTurns;
  readonly #client: PrismaClient;

  constructor(client: PrismaClient) {
    this.#client = client;
    this.accounts = new Accounts(client);
    this.sessions = new Sessions(client);
    this.challenges = new Challenges(client);
    this.routes = new Routes(client);
    this.attempts = new Attempts(client);
    this.noticeTurns = new NoticeTurns(client);
  }

  /** Forgets what has run out. */
  async sweep(): Promise<void> {
    const now = new Date();
    const expired = { where: { expiresAt: { lt: now } } };
    await this.#client.challenge.deleteMany(expired);
    await this.#client.session.deleteMany(expired);
    await this.#client.agentNonce.deleteMany(expired);
    const windowStart = { lt: new Date(now.getTime() - LONGEST_WINDOW_MS) };
    await this.#client.attempt.deleteMany({ where: { windowStart } });
  }
}
