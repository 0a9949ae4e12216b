import { encodeBase64url } from "@holdfast/protocol";
import type { AgentPage, HandedFile, PageResult } from "../agent-page.ts";

/** How long a key server keeps a new client's files for the page that approved it. */
const KEPT_MILLISECONDS = 600_000;

/**
 * A page's right to a new client's files: a secret whose hash went along with the approval.
 *
 * It is in this page's memory only: whoever loads the page anew has another one, and no claim to the files.
 */
export class HandOver {
  readonly #secret = crypto.getRandomValues(new Uint8Array(32));
  readonly #until = Date.now() + KEPT_MILLISECONDS;

  /** When the key server forgets the files, Unix seconds. */
  get until(): number {
    return this.#until / 1000;
  }

  async secretHash(): Promise<string> {
    return encodeBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", this.#secret)));
  }

  /**
   * Asks for the files again.
   *
   * @throws {@link PageRefusal} `E_HANDOVER` when the approval never arrived or the files are forgotten.
   */
  async again(page: AgentPage): Promise<ReadonlyMap<string, readonly HandedFile[]>> {
    const { results } = await page.post<{ results: Pick<PageResult, "hash" | "files">[] }>("/page/handover", {
      secret: encodeBase64url(this.#secret),
    });
    return new Map(results.map(({ hash, files }) => [hash, files ?? []]));
  }
}
