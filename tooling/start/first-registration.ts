import { setTimeout as pause } from "node:timers/promises";
import type { RegistrationAnswer, StatusAnswer } from "../../apps/agent/src/admin/answers.ts";
import { type AdminClient, createAdminClient } from "../../apps/agent/src/cli/admin-client.ts";
import { registrationText } from "../../apps/agent/src/cli/registration-text.ts";
import { AnswerReader } from "./answer-reader.ts";
import { claimText } from "./console-text.ts";

const QUESTION = "  Found the environment with this passkey? [y/N] ";

interface Claim {
  readonly claimUrl: string;
  readonly expiresAt: number;
}

/**
 * The key server's side of the first run, at this console: its one-time address, then the passkey that asks, the
 * eight matching words and the question, until an environment is founded.
 *
 * @returns true when it was founded, false when `signal` ended the conversation.
 */
export async function runFirstRegistration(
  socket: string,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const conversation = new Conversation(createAdminClient(socket), say);
  signal.addEventListener("abort", () => conversation.close());
  try {
    while (!signal.aborted) {
      if ((await conversation.step().catch(() => null)) === "founded") return true;
      await pause(300, undefined, { signal }).catch(() => undefined);
    }
    return false;
  } finally {
    conversation.close();
  }
}

class Conversation {
  readonly #admin: AdminClient;
  readonly #say: (text: string) => void;
  readonly #answers = new AnswerReader();
  #claim: Claim | null = null;
  #asked = "";

  constructor(admin: AdminClient, say: (text: string) => void) {
    this.#admin = admin;
    this.#say = say;
  }

  close(): void {
    this.#answers.close();
  }

  /** One look at the registration, and what follows from it. A key server that restarts is asked again. */
  async step(): Promise<"founded" | "open"> {
    if (this.#claim === null) await this.#offerClaim();
    const registration = await this.#admin.get<RegistrationAnswer>("/v1/registration");
    if (registration.state === "done") return this.#founded();
    if (registration.state === "waiting") await this.#decide(registration);
    else await this.#goOn(registration.state);
    return "open";
  }

  #founded(): "founded" {
    this.#say("\n  Founded. Go on in the dashboard; it asks for three of the eight words.\n");
    return "founded";
  }

  async #decide(registration: RegistrationAnswer): Promise<void> {
    const words = registration.words?.join(" ") ?? "";
    if (words !== this.#asked) {
      this.#asked = words;
      this.#say(`\n${indent(registrationText(registration))}\n`);
      this.#answers.ask(QUESTION);
      return;
    }
    const answer = this.#answers.take();
    if (answer === null) return;
    if (/^y(es)?$/i.test(answer)) await this.#admin.post("/v1/confirm", { words });
    else if (/^no?$/i.test(answer)) await this.#refuse();
    else this.#answers.ask("  Please type y or n: ");
  }

  async #refuse(): Promise<void> {
    await this.#admin.post("/v1/confirm", { refuse: true });
    this.#say("\n  Refused: nothing was founded. A new address, should you want to try again:\n");
    await this.#offerClaim();
  }

  async #goOn(state: RegistrationAnswer["state"]): Promise<void> {
    const wasAsked = this.#asked !== "";
    this.#asked = "";
    const { claim, tid } = await this.#admin.get<StatusAnswer>("/v1/status");
    if (tid !== null) return;
    const isOver = (this.#claim?.expiresAt ?? 0) * 1000 <= Date.now();
    // "none": it ran out, or somebody guessed at it until it was void.
    if (claim === "none" || (claim === "open" && (isOver || (wasAsked && state !== "refused")))) {
      this.#say("\n  That address is no longer valid. A new one:\n");
      await this.#offerClaim();
    }
  }

  async #offerClaim(): Promise<void> {
    this.#asked = "";
    this.#claim = await this.#admin.post<Claim>("/v1/claim", {});
    this.#say(claimText(this.#claim.claimUrl, this.#claim.expiresAt));
  }
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
