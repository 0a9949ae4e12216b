import { type Db, findNewestRoster, type Scope } from "@holdfast/db";
import { decodeBase64url, parseRoster, parseRosterLink } from "@holdfast/protocol";
import { GatewayError } from "../gateway-error.ts";

/** Most environments whose newest rosters are remembered. */
const MOST_REMEMBERED = 5_000;

/** An agent by its id and the key that its requests are signed with. */
export interface CallingAgent {
  readonly aid: string;
  readonly aik: string;
}

/** Knows which agents an environment's newest roster names; a removed one has no mailbox any more. */
export class Standing {
  readonly #known = new Map<string, { readonly hash: string; readonly aiks: ReadonlyMap<string, string> }>();

  /** @throws {@link GatewayError} `E_AGENT` for an agent that the stored chain does not name; without one, anybody enrolled is let in */
  async assertNamed(db: Db, scope: Scope, { aid, aik }: CallingAgent): Promise<void> {
    const { environmentId } = scope;
    const known = this.#known.get(environmentId);
    const newest = await db.withTenant(scope.tenantId, (tx) => findNewestRoster(tx, scope, known?.hash));
    if (newest === null) return;
    const aiks = newest.link === undefined ? known?.aiks : this.#remember(environmentId, newest.hash, newest.link);
    if (aiks?.get(aid) !== aik)
      throw new GatewayError("E_AGENT", "The environment's administrators removed the agent.");
  }

  #remember(environmentId: string, hash: string, link: unknown): ReadonlyMap<string, string> {
    const { agents } = parseRoster(decodeBase64url(parseRosterLink(link).doc));
    const aiks = new Map(agents.map((agent) => [agent.aid, agent.aik]));
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(environmentId, { hash, aiks });
    return aiks;
  }
}
