import { AdmissionError } from "./errors.ts";

/** How often in a day one person may end proposals that nobody else has approved. */
export const MAX_LONE_REJECTIONS = 100;
const DAY_SECONDS = 86_400;

/**
 * What one person ended alone. Such an ending says little, and is kept for ever with all that was proposed: whoever
 * proposes and rejects by himself could fill the log.
 *
 * What others approved, or what waits its delay, is not counted: there a no is always heard.
 */
export class LoneRejections {
  readonly #endings = new Map<string, readonly number[]>();

  /**
   * Counts one more.
   *
   * @param now - In the agent's running time, seconds.
   * @throws {@link AdmissionError} `E_LIMIT`
   */
  take(adm: string, now: number): void {
    const recent = (this.#endings.get(adm) ?? []).filter((at) => at > now - DAY_SECONDS);
    if (recent.length >= MAX_LONE_REJECTIONS)
      throw new AdmissionError(
        "E_LIMIT",
        `One person rejects at most ${MAX_LONE_REJECTIONS} proposals a day that nobody else approved.`,
        { most: MAX_LONE_REJECTIONS },
        "Leave it to expire: it does nothing without approvals. Once somebody approves it, it can be rejected.",
      );
    this.#endings.set(adm, [...recent, now]);
  }
}
