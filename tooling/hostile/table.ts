import { type Attack, countsLine, readCatalogue } from "./catalogue.ts";
import { filesWithRows, rowsOf } from "./titles.ts";

/** One test as its run reported it. */
export interface TestResult {
  /** The test's title after those of the groups around it. */
  readonly fullName: string;
  readonly status: string;
}

/** The catalogue of attacks beside what the tests of a run found. */
export class HostileTable {
  readonly #attacks: readonly Attack[] = readCatalogue();
  readonly #passed = new Map<number, number>();
  readonly #failed = new Map<number, number>();
  readonly #elsewhere: ReadonlySet<number>;

  /** @param hasRun - Whether the run took this test file in. */
  constructor(results: readonly TestResult[], hasRun: (file: string) => boolean) {
    for (const { fullName, status } of results) {
      for (const row of rowsOf(fullName)) {
        const into = status === "passed" ? this.#passed : status === "failed" ? this.#failed : null;
        into?.set(row, (into.get(row) ?? 0) + 1);
      }
    }
    const others = [...filesWithRows()].filter(([file]) => !hasRun(file));
    this.#elsewhere = new Set(others.flatMap(([, rows]) => rows));
  }

  /** Rows that are called refused, or a limit of so much and no more, and that this run could have proved and did not. */
  get unproved(): number[] {
    const told = this.#attacks.filter(({ state }) => state !== "awaiting");
    return told.filter((attack) => this.#resultOf(attack) === "NOT PROVED").map(({ row }) => row);
  }

  /** The table, its counts, and what was not proved. */
  text(): string {
    const failures = [...this.#failed.values()].reduce((sum, each) => sum + each, 0);
    const counts = `${countsLine(this.#attacks)}; ${this.#passed.size} rows proved by this run; ${failures} unauthorised transitions or refusals not on record`;
    const missing = this.unproved.length > 0 ? [`Not proved: rows ${this.unproved.join(", ")}`] : [];
    return [...this.#attacks.map((attack) => this.#line(attack)), "", counts, ...missing].join("\n");
  }

  #resultOf({ row, state }: Attack): string {
    const tests = this.#passed.get(row) ?? 0;
    if (this.#failed.has(row)) return "NOT PROVED";
    const what = state === "limit" ? "documented limit" : "refused";
    if (tests > 0) return `${what} (${tests} ${tests === 1 ? "test" : "tests"})`;
    return this.#elsewhere.has(row) ? "not run here" : "NOT PROVED";
  }

  #line(attack: Attack): string {
    const { row, state, reason } = attack;
    const result = state === "awaiting" ? `awaiting: ${reason}` : this.#resultOf(attack);
    return `${String(row).padStart(3)}  ${attack.attack.padEnd(72).slice(0, 72)}  ${result}`;
  }
}
