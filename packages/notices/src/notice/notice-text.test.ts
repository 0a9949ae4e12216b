import { describe, expect, test } from "vitest";
import { cutItems, encodeNotice, MOST_ITEMS, NOTICE_KINDS, type Notice } from "./notice.ts";
import { noticeText } from "./notice-text.ts";
import { plainLine } from "./plain-text.ts";

const HOSTILE = [
  "x\r\nBcc: eve@example.com",
  "\u001b[31mred\u001b[0m",
  "a\u202eb",
  "zero\u200bwidth",
  "line\u2028two",
  "nul\u0000",
  "\ud800",
];
const notice = (name: string): Notice => ({
  id: "n_1",
  kind: "expiries.near",
  at: 1_796_000_000,
  source: { by: "control-plane", name },
  items: [{ kind: "key", id: "k_aaaaaaaaaaaaaaaaaaaaaaaaaa", name, at: 1_796_100_000, code: "E_X" }],
  more: 0,
});

describe("row 90: what people named reaches a notice as text only", () => {
  test.each(HOSTILE)("%j makes no line, header or escape sequence of a mail", (name) => {
    const { subject, text } = noticeText(notice(name));
    const plain = noticeText(notice("plain"));
    expect(subject.split(/\r|\n/)).toHaveLength(1);
    expect(text.split("\n")).toHaveLength(plain.text.split("\n").length);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
    expect(subject + text.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/);
  });

  test.each([...HOSTILE, '"}],"type":"other', "<script>alert(1)</script>", "=cmd|' /C calc'!A0"])(
    "%j stays inside its own JSON string of a webhook",
    (name) => {
      const body = encodeNotice(notice(name));
      const read = JSON.parse(body);
      expect(read).toMatchObject({ type: "expiries.near", ver: 1, data: { more: 0 } });
      expect(read.data.items).toHaveLength(1);
      expect(read.data.items[0].name).toBe(name);
      expect(body.split(/\r|\n/)).toHaveLength(1);
    },
  );

  test("shows exactly what it holds, and cuts what is longer than a line", () => {
    expect(plainLine("Zürich – Schlüssel 1")).toBe("Zürich – Schlüssel 1");
    expect(plainLine("a\nb\u202e")).toBe("a\\u{a}b\\u{202e}");
    expect(plainLine("x".repeat(500))).toHaveLength(201);
  });
});

describe("a notice", () => {
  test.each(NOTICE_KINDS)("of the kind %s has words", (kind) => {
    const { subject, text } = noticeText({ ...notice("Production"), kind });
    expect(subject).toMatch(/^Holdfast: .+ \(Production\)$/);
    expect(text).toContain("n_1");
  });

  test.each([
    [
      { kind: "key", id: "k_1", name: "orders", act: "key.destroy", at: 1_796_100_000 },
      ': key.destroy "orders", 2026-12-01 04:40 UTC',
    ],
    [{ kind: "agent", id: "a_1", name: "vm", code: "E_SPLIT_BRAIN" }, ': key server "vm" E_SPLIT_BRAIN'],
    [{ kind: "code", id: "E_QUORUM", count: 20 }, ": E_QUORUM"],
    [{ kind: "key", id: "k_1", name: "x".repeat(500) }, `: key "${"x".repeat(60)}…"`],
  ] as const)("says in a mail's subject what it is about: %j", (item, gist) => {
    const { subject } = noticeText({ ...notice("Production"), kind: "approvals.waiting", items: [item] });
    expect(subject).toBe(`Holdfast: Approvals wait${gist} (Production)`);
  });

  test("says in a mail's subject how many there are", () => {
    const [item] = notice("orders").items;
    if (item === undefined) expect.unreachable();
    const of = (more: number) => noticeText({ ...notice("Production"), items: [item, item], more }).subject;
    expect(of(0)).toBe("Holdfast: Something ends soon, 2 of them (Production)");
    expect(of(48)).toBe("Holdfast: Something ends soon, 50 of them (Production)");
    expect(noticeText({ ...notice("Production"), kind: "notices.test", items: [] }).subject).toBe(
      "Holdfast: A test (Production)",
    );
  });

  test("spells out fifty things and counts the rest", () => {
    const items = Array.from({ length: 60 }, (_, n) => ({ kind: "key" as const, id: `k_${n}` }));
    const cut = cutItems(items);
    expect(cut.items).toHaveLength(MOST_ITEMS);
    expect(cut.more).toBe(10);
  });
});
