import { KEY_STATES } from "@holdfast/protocol";
import { accepted, type Case } from "../vector.ts";

const ACTS = [
  "key.activate",
  "key.rotate",
  "key.suspend",
  "key.resume",
  "key.deactivate",
  "key.compromise",
  "key.destroy",
  "key.label",
  "key.group",
] as const;
const OPERATIONS = [
  "encrypt",
  "decrypt",
  "sign",
  "verify",
  "mac",
  "verifymac",
  "wrap",
  "unwrap",
  "derive",
  "datakey",
  "encapsulate",
  "decapsulate",
  "agree",
  "get",
  "locate",
] as const;

/** docs/spec/command.md: every state and act, every state and use. */
export function lifecycleCases(): Case[] {
  return KEY_STATES.flatMap((state) => [
    ...ACTS.map((act) =>
      accepted("nextState", `${act} of a key that is ${state}`, { state, act }, { why: "SP 800-57 part 1 section 7" }),
    ),
    ...OPERATIONS.map((operation) =>
      accepted(
        "allowsOperation",
        `${operation} with a key that is ${state}`,
        { state, operation },
        { why: "use by state" },
      ),
    ),
  ]);
}
