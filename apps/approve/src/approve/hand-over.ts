import { decodeBase64url, encodeBase64url } from "@holdfast/protocol";
import type { AgentPage, HandedFile, PageResult } from "../agent-page.ts";
import { type KeptSecret, keepSecret, keptSecrets, wipeSecret } from "./kept-secrets.ts";

/** How long a key server keeps a new client's files for the page that approved it. */
const KEPT_MILLISECONDS = 600_000;

/**
 * A page's right to a new client's files: a secret whose hash went along with the approval.
 *
 * Kept, it survives that this tab loads the page anew; it is wiped when every file was saved or the time is over.
 */
export class HandOver {
  /** A right of its own for each touch. */
  static make(): HandOver {
    const secret = encodeBase64url(crypto.getRandomValues(new Uint8Array(32)));
    return new HandOver({ secret, until: Date.now() + KEPT_MILLISECONDS, saved: [] });
  }

  /** The rights that this tab still has from before it was loaded anew. */
  static kept(): HandOver[] {
    return keptSecrets().map((kept) => new HandOver(kept));
  }

  readonly #secret: string;
  readonly #until: number;
  readonly #saved: Set<string>;

  private constructor({ secret, until, saved }: KeptSecret) {
    this.#secret = secret;
    this.#until = until;
    this.#saved = new Set(saved);
  }

  /** When the key server forgets the files, Unix seconds. */
  get until(): number {
    return this.#until / 1000;
  }

  async secretHash(): Promise<string> {
    const digest = await crypto.subtle.digest("SHA-256", decodeBase64url(this.#secret).slice().buffer);
    return encodeBase64url(new Uint8Array(digest));
  }

  /** Keeps it for this tab, and sees that it is wiped when its time is over. */
  keep(): void {
    keepSecret({ secret: this.#secret, until: this.#until, saved: [...this.#saved] });
    setTimeout(() => this.wipe(), Math.max(0, this.#until - Date.now()));
  }

  /** Takes it out of the browser; this page itself may still ask. */
  wipe(): void {
    wipeSecret(this.#secret);
  }

  isSaved(file: string): boolean {
    return this.#saved.has(file);
  }

  /** Notes that a file was saved, so that the page loaded anew knows. */
  save(file: string): void {
    this.#saved.add(file);
    keepSecret({ secret: this.#secret, until: this.#until, saved: [...this.#saved] });
  }

  /**
   * Asks for the files again.
   *
   * @throws {@link PageRefusal} `E_HANDOVER` when the approval never arrived or the files are forgotten.
   */
  async again(page: AgentPage): Promise<ReadonlyMap<string, readonly HandedFile[]>> {
    const { results } = await page.post<{ results: Pick<PageResult, "hash" | "files">[] }>("/page/handover", {
      secret: this.#secret,
    });
    return new Map(results.map(({ hash, files }) => [hash, files ?? []]));
  }
}
