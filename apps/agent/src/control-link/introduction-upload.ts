import type { Domain } from "../domain.ts";
import type { GatewayClient } from "./gateway-client.ts";

/** Most that one upload lists. */
const MOST = 100;

/** What a change of administrators and rules may name. */
const UPLOADED: ReadonlySet<string> = new Set(["administrator", "replacement-key"]);

/**
 * Tells the mailbox whose passkeys and replacement keys were introduced here, so that a dashboard can propose a change that names them: the
 * whole list whenever it is another. Public keys and proofs of them; what counts is what this agent keeps.
 */
export class IntroductionUpload {
  #sent: string | null = null;

  async send(
    { introductions }: Pick<Domain, "introductions">,
    client: GatewayClient,
    signal: AbortSignal,
  ): Promise<void> {
    const taken = introductions.all().filter(({ introduction: { object } }) => UPLOADED.has(object.kind));
    const newest = taken.slice(-MOST);
    const list = newest.map(({ hash }) => hash).join(".");
    if (list === this.#sent) return;
    await client.post("/v1/introductions", { introductions: newest.map(({ doc }) => doc) }, { signal });
    this.#sent = list;
  }
}
