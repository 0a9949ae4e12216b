import type { ArgsOf } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import { type ActInput, targetClient } from "./act.ts";
import type { ClientEffect } from "./effect.ts";

/**
 * client.update: other grants in place of all that the client had. Its identity, keys and certificate stay.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for a withdrawn client
 */
export function updateClient(input: ActInput): ClientEffect[] {
  const before = targetClient(input);
  if (before.state !== "active")
    throw new AdmissionError(
      "E_PRESTATE",
      "The client was withdrawn.",
      { id: before.id },
      "A withdrawn client does not come back: enrol it anew, `holdfast-agent client create`.",
    );
  if (before.auth.kind === "permit")
    throw new AdmissionError("E_PRESTATE", "An enrolment secret is not changed: withdraw it and make another.");
  const { grants } = input.command.args as ArgsOf<"client.update">;
  return [{ on: "client", before, after: { ...before, grants } }];
}
