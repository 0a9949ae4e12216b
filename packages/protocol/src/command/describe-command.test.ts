import { SoftwareDomain } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import type { NewKey } from "./command-args.ts";
import { describeCommand } from "./describe-command.ts";

const domain = SoftwareDomain.found({ seed: "describe" });
const target = { kind: "key", keyId: `k_${domain.tid}`, label: "Orders", group: "default" } as const;
const KEY: NewKey = {
  label: "Orders",
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};
const create = (...items: NewKey[]) => describeCommand(domain.propose({ act: "key.create", args: { items } }).command);

describe("a command in plain words", () => {
  test("names a new key, what it is for and that it stays", () => {
    const { title, danger, lines } = create(KEY);
    expect(title).toBe("Create key Orders");
    expect(danger).toBe(false);
    expect(lines).toEqual([
      "Orders: AES-256 to encrypt and decrypt, in group default. It never leaves the key server.",
    ]);
  });

  test("says it of a key that may leave, and how often it is due", () => {
    const [line] = create({ ...KEY, extractable: true, cryptoperiodSec: 90 * 86_400, alias: "alias/o" }).lines;
    expect(line).toContain("also called alias/o");
    expect(line).toContain("It may leave the key server to clients that are granted that.");
    expect(line).toContain("every 90 days");
  });

  test("does not hide keys among many: it says how many it leaves out", () => {
    const { title, lines } = create(...Array.from({ length: 25 }, (_, index) => ({ ...KEY, label: `K${index}` })));
    expect(title).toBe("Create 25 keys");
    expect(lines.at(-1)).toBe("And 5 more; the exact bytes name them all.");
  });

  test("names who would miss what it takes away", () => {
    const { command } = domain.propose({ act: "key.destroy", args: {}, target });
    const usedBy = ["Shop", "Billing"].map((label) => ({ label }));
    const { title, danger, lines } = describeCommand(command, { target: { versions: 3, usedBy } });
    expect(title).toBe("Destroy Orders, all 3 versions");
    expect(danger).toBe(true);
    expect(lines.at(-1)).toBe("2 clients use it: Shop and Billing.");
  });

  test.each(["key.suspend", "key.deactivate", "key.compromise", "key.destroy"] as const)("warns of %s", (act) => {
    expect(describeCommand(domain.propose({ act, args: {}, target }).command).danger).toBe(true);
  });

  test.each(["key.rotate", "key.resume"] as const)("does not warn of %s", (act) => {
    expect(describeCommand(domain.propose({ act, args: {}, target }).command).danger).toBe(false);
  });

  test("says what a client may do, with which keys and for how long", () => {
    const { command } = domain.propose({
      act: "client.enrol",
      args: {
        label: "Shop",
        auth: { kind: "issued", validitySec: 90 * 86_400 },
        grants: [
          { ops: ["encrypt"], keys: { kind: "group", id: "default" } },
          { ops: ["all"], keys: { kind: "own" } },
        ],
        notAfter: domain.clock.now() + 86_400,
      },
    });
    expect(describeCommand(command).lines).toEqual([
      "It may encrypt with keys of group default.",
      "It may do everything but take out, wrap, derive, import and alias with keys it made itself.",
      "Its certificate is issued by the key server, is handed out once, and is good for 1 day.",
    ]);
  });
});
