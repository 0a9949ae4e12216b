import { fileURLToPath } from "node:url";
import {
  allowsOperation,
  CRYPTOPERIODS,
  KEY_OPERATIONS,
  KEY_STATES,
  type KeyOperation,
  type KeyState,
  TRANSITIONS,
  useKind,
} from "@holdfast/protocol";

/** Where the page of states and transitions is kept. */
export const KEY_STATES_PAGE = fileURLToPath(new URL("../../../../docs/compliance/key-states.md", import.meta.url));

const DAY = 86_400;

const CLAUSES: Readonly<Record<KeyState, string>> = {
  "pre-active": "SP 800-57 7.1; KMIP 4.57 Pre-Active",
  active: "SP 800-57 7.2; KMIP 4.57 Active",
  suspended: "SP 800-57 7.3; no KMIP state",
  deactivated: "SP 800-57 7.4; KMIP 4.57 Deactivated",
  compromised: "SP 800-57 7.5; KMIP 4.57 Compromised",
  destroyed: "SP 800-57 7.6; KMIP 4.57 Destroyed",
  "destroyed-compromised": "KMIP 4.57 Destroyed Compromised",
};

const KINDS = {
  protect: "protects data",
  process: "opens what was protected",
  release: "material leaves",
  read: "is listed",
} as const;

/** The page that shows the protocol's own tables: the program and the page cannot differ. */
export function keyStatesPage(): string {
  return [
    "# States of a key",
    "",
    "Made from `packages/protocol/src/lifecycle` by `npm run docs:key-states`; a test compares. Sections are those of NIST SP 800-57",
    "part 1 revision 5 and of KMIP 2.1. `packages/protocol/src/lifecycle/exhaustive.test.ts` holds the same tables written down by",
    "hand, and tries every state, every operation and every date one second before, at and after it.",
    "",
    "## What each state allows",
    "",
    ...table(
      ["state", ...Object.values(KINDS), "clause"],
      KEY_STATES.map((state) => [
        state,
        ...(Object.keys(KINDS) as (keyof typeof KINDS)[]).map((kind) =>
          allowsOperation(state, exampleOf(kind)) ? "yes" : "–",
        ),
        CLAUSES[state],
      ]),
    ),
    "",
    ...(["protect", "process", "release", "read"] as const).map(
      (kind) => `- ${KINDS[kind]}: ${operationsOf(kind).join(", ")}`,
    ),
    "",
    "## Steps",
    "",
    "A step that is not here is refused (`E_PRESTATE`, for clients `E_KEY_STATE`).",
    "",
    ...table(
      ["from", "act", "to", "clause"],
      TRANSITIONS.toSorted(byState).map(({ from, act, to, clause }) => [from, act, to, clause]),
    ),
    "",
    "Stricter than SP 800-57: what is active or suspended is retired before it is destroyed, as KMIP asks, so that destroying never",
    "surprises who uses a key. What is suspended stays so through retiring and exposing, until it is resumed: each of those is one",
    "person's act, and opening what is suspended takes the quorum of resuming.",
    "",
    "## Dates",
    "",
    ...table(
      ["date", "from its own second on", "clause"],
      [
        ["process start", "it opens what was protected; not before", "KMIP 4.36"],
        ["protect stop", "it protects nothing", "KMIP 4.38; SP 800-57 5.3.4"],
        ["deactivation", "it is deactivated, written down or not", "KMIP 4.57 transition 6"],
        ["activation", "it is active, once the step is written down", "KMIP 4.57 transition 4"],
        ["end of the originator-usage period", "this version protects nothing", "SP 800-57 5.3.4"],
        ["end of the recipient-usage period", "this version opens nothing and does not leave", "SP 800-57 5.3.4"],
      ],
    ),
    "",
    "The periods of each version begin when it could first be used; a rotation begins them anew.",
    "",
    "## Cryptoperiods advised",
    "",
    'The longest that table 1 of SP 800-57 part 1 advises; where it says "several years", ten. `--originator-period advised` and',
    "`--recipient-period advised` take them.",
    "",
    ...table(
      ["kind of key", "protects", "opens, from the same beginning", "clause"],
      CRYPTOPERIODS.map(({ keyType, originatorSec, recipientSec, clause }) => [
        keyType,
        `${originatorSec / DAY} days`,
        recipientSec === null ? "–" : `${recipientSec / DAY} days`,
        clause.replace("SP 800-57 part 1 ", ""),
      ]),
    ),
    "",
  ].join("\n");
}

function byState(a: { from: KeyState }, b: { from: KeyState }): number {
  return KEY_STATES.indexOf(a.from) - KEY_STATES.indexOf(b.from);
}

function operationsOf(kind: keyof typeof KINDS): readonly KeyOperation[] {
  return KEY_OPERATIONS.filter((operation) => useKind(operation) === kind);
}

function exampleOf(kind: keyof typeof KINDS): KeyOperation {
  return operationsOf(kind)[0] as KeyOperation;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
