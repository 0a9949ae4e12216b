import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../test/root.ts";

/** One attack of docs/threat-model/hostile-operator.md. */
export interface Attack {
  readonly row: number;
  readonly cells: readonly string[];
  readonly attack: string;
  readonly state: "refused" | "limit" | "awaiting";
  /** Why it awaits, or where the limit is said; empty for what is refused. */
  readonly reason: string;
}

/** Where the catalogue is. */
export const CATALOGUE = "docs/threat-model/hostile-operator.md";

/** Reads the catalogue from its page. @throws {@link TypeError} for a row whose state is none */
export function readCatalogue(page = readFileSync(join(ROOT, CATALOGUE), "utf8")): Attack[] {
  return page
    .split("\n")
    .filter((line) => /^\| \d+ \|/.test(line))
    .map((line) => {
      const cells = line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim());
      const [row = "", , attack = "", , , state = ""] = cells;
      return { row: Number(row), cells, attack, ...readState(state, row) };
    });
}

function readState(text: string, row: string): Pick<Attack, "state" | "reason"> {
  if (text === "refused") return { state: "refused", reason: "" };
  const limit = /^\[limit\]\((.+)\)$/.exec(text)?.[1];
  if (limit !== undefined) return { state: "limit", reason: limit };
  const reason = /^awaiting: (.+)$/.exec(text)?.[1];
  if (reason !== undefined) return { state: "awaiting", reason };
  throw new TypeError(`Row ${row} is neither refused, nor a limit, nor awaiting.`);
}

/** The counts as pages say them. */
export function countsLine(attacks: readonly Attack[]): string {
  const of = (state: Attack["state"]) => attacks.filter((each) => each.state === state).length;
  return `${of("refused")} refused by a test, ${of("limit")} documented limits, ${of("awaiting")} awaiting`;
}
