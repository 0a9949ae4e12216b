import type { Introduction } from "@holdfast/protocol";
import type { Domain } from "../domain.ts";
import { labelOfKey } from "../introductions/label-of-key.ts";
import type { GatewayClient } from "./gateway-client.ts";

/** Most that one upload lists. */
const MOST = 100;

/** Kinds that a dashboard can propose something for. */
const TOLD: ReadonlySet<string> = new Set(["administrator", "custodian", "replacement-key"]);

/**
 * Tells the mailbox whose passkeys, replacement keys and custodians' keys were introduced here, so that a dashboard can propose
 * what names them: the whole list whenever it is another. Public keys and proofs of them; what counts is what this agent keeps.
 */
export class IntroductionUpload {
  #sent: string | null = null;

  async send(
    { introductions, keystore }: Pick<Domain, "introductions" | "keystore">,
    client: GatewayClient,
    signal: AbortSignal,
  ): Promise<void> {
    const { share } = keystore.domain();
    const taken = introductions.all().filter(({ introduction }) => isTold(introduction, share));
    const newest = taken.slice(-MOST);
    const list = newest.map(({ hash }) => hash).join(".");
    if (list === this.#sent) return;
    await client.post("/v1/introductions", { introductions: newest.map(({ doc }) => doc) }, { signal });
    this.#sent = list;
  }
}

/** Names of custodians and of places where replacement keys lie are kept from it where names are. */
function isTold({ object, label }: Introduction, share: "hashes" | undefined): boolean {
  if (!TOLD.has(object.kind)) return false;
  if (share !== "hashes" || object.kind === "administrator") return true;
  return object.kind === "replacement-key" && label === labelOfKey(object.key, label, share);
}
