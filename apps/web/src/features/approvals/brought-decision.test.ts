import { encodeBase64url, type HostedAnswer, hostedAnswer } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";
import { forgetBrought, hasKept, takeBrought } from "./brought-decision.ts";

/** What a tab keeps. */
class TabStorage implements Storage {
  readonly #items = new Map<string, string>();
  get length(): number {
    return this.#items.size;
  }
  clear = (): void => this.#items.clear();
  getItem = (key: string): string | null => this.#items.get(key) ?? null;
  key = (index: number): string | null => [...this.#items.keys()][index] ?? null;
  removeItem = (key: string): void => void this.#items.delete(key);
  setItem = (key: string, value: string): void => void this.#items.set(key, value);
}

const PAGE = "/t_a/e_b/approvals/carried";
const approval: HostedAnswer["approval"] = {
  ...{ decision: 1, list: ["A".repeat(43)], credId: "AQID" },
  ...{ clientDataJSON: "e30", authData: "AA", sig: "AA" },
};
const text = encodeBase64url(hostedAnswer.encode({ typ: "hosted-answer", ver: 1, approval }));

describe("a decision that the hosted page brought", () => {
  test("is there again for the same page after signing in, in the same tab, until it was handed on", () => {
    const tab = new TabStorage();
    expect(takeBrought(text, PAGE, tab)).toEqual(approval);
    expect(hasKept(PAGE, tab)).toBe(true);
    expect(takeBrought("", PAGE, tab)).toEqual(approval);
    forgetBrought(tab);
    expect([takeBrought("", PAGE, tab), hasKept(PAGE, tab), tab.length]).toEqual([null, false, 0]);
  });

  test("is not there for another environment's page, in another tab, nor after an hour", () => {
    const tab = new TabStorage();
    takeBrought(text, PAGE, tab, 1_000);
    expect(takeBrought("", PAGE.replace("e_b", "e_c"), tab, 1_000)).toBeNull();
    expect(takeBrought("", PAGE, new TabStorage(), 1_000)).toBeNull();
    expect(takeBrought("", PAGE, tab, 1_000 + 3_600_000)).toEqual(approval);
    expect(takeBrought("", PAGE, tab, 1_001 + 3_600_000)).toBeNull();
  });

  test("is none, and nothing is kept, where the address was cut or bent or what is kept was changed", () => {
    for (const bent of [text.slice(0, -4), "!", "AAAA"]) {
      const tab = new TabStorage();
      expect([takeBrought(bent, PAGE, tab), tab.length]).toEqual([null, 0]);
    }
    for (const changed of [
      "",
      "{",
      "null",
      '{"page":1}',
      JSON.stringify({ page: PAGE, text: "AAAA", at: Date.now() }),
    ]) {
      const tab = new TabStorage();
      tab.setItem("holdfast.brought-decision", changed);
      expect(takeBrought("", PAGE, tab)).toBeNull();
    }
  });
});
