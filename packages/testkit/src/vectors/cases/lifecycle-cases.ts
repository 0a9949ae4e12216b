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
  "schedule.set",
  "schedule.clear",
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
  const byState = KEY_STATES.flatMap((state) => [
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
  return [...byState, ...dateCases(), ...runCases()];
}

const AT = 1_700_000_000;
const ACTIVE = { state: "active", version: { state: "active", createdAt: AT } } as const;

/** Use one second before, at and after each date that decides. */
function dateCases(): Case[] {
  const date = (name: string, dates: object, operation: string, offset: number, why: string) =>
    [-1, 0, 1].map((second) =>
      accepted(
        "useRefusal",
        `${operation} ${["a second before", "at", "a second after"][second + 1]} ${name}`,
        { life: { ...ACTIVE, dates: { activated: AT, ...dates } }, operation, now: AT + offset + second },
        { why },
      ),
    );
  return [
    ...date("process start", { processStart: AT + 60 }, "decrypt", 60, "KMIP 2.1 section 4.36"),
    ...date("protect stop", { protectStop: AT + 60 }, "encrypt", 60, "KMIP 2.1 section 4.38"),
    ...date("deactivation", { deactivation: AT + 60 }, "encrypt", 60, "KMIP 2.1 section 4.57, transition 6"),
    ...date("the end of the originator-usage period", { originatorSec: 60 }, "encrypt", 60, "SP 800-57 5.3.4"),
    ...date(
      "the end of the recipient-usage period",
      { originatorSec: 60, recipientSec: 90 },
      "decrypt",
      90,
      "SP 800-57 5.3.4",
    ),
  ];
}

function runCases(): Case[] {
  const schedule = { everySec: 86_400, next: AT, n: 4 };
  const run = (name: string, now: number) => accepted("runDueAt", name, { schedule, now }, { why: "missed runs once" });
  return [
    run("a second before it is due", AT - 1),
    run("when it is due", AT),
    run("a second before the next", AT + 86_399),
    run("after one was missed", AT + 86_400),
    run("after a hundred were missed", AT + 100 * 86_400 + 5),
  ];
}
