import { AdmissionError } from "../admission/errors.ts";
import type { ActInput } from "./act.ts";
import type { EntryEffect } from "./effect.ts";

/**
 * clock.accept: people say that this agent's clock is right, after it was set and has not been believed since.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for another agent's clock, and for one that is believed
 */
export function acceptClock({ command, clock }: ActInput): EntryEffect[] {
  const { aid } = command.args as { aid: string };
  if (aid !== clock.aid) throw new AdmissionError("E_PRESTATE", "It is the clock of another key server.", { aid });
  if (!clock.alarmed) throw new AdmissionError("E_PRESTATE", "The clock is believed: there is nothing to accept.");
  return [{ on: "entry", subject: aid, data: { from: clock.believed, to: clock.wall } }];
}
