import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyEncryptionKey } from "@holdfast/crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Agent } from "../agent.ts";
import { initAgent } from "../init-agent.ts";
import { silentLogger } from "../logger.ts";
import { GivenShares, parseShareScheme, splitAmongCustodians } from "./shares.ts";

const AID = "a_aaaaaaaaaaaaaaaaaaaaaaaaaa";
const code = (work: () => unknown): string => {
  try {
    work();
    return "taken";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("custodians' shares", () => {
  let now = 0;
  const kek = KeyEncryptionKey.generate(0);
  const { source, shares } = splitAmongCustodians(kek, AID, { parts: 3, threshold: 2 });
  const [one = "", two = "", three = ""] = shares;
  const [other = ""] = splitAmongCustodians(KeyEncryptionKey.generate(0), AID, { parts: 3, threshold: 2 }).shares;
  let held: GivenShares;
  beforeEach(() => {
    now = 0;
    held = new GivenShares(source, AID, () => now);
  });
  const given = {
    give: (share: string, from = "here") => held.give(share, from),
    joined: () => held.joined(),
    clear: () => held.clear(),
    progress: () => held.progress(),
  };

  test("are a number and 24 words each, and the store keeps none of their words", () => {
    for (const [at, share] of shares.entries()) expect(share).toMatch(new RegExp(`^${at + 1}( [a-z]+){24}$`));
    expect(parseShareScheme(JSON.parse(JSON.stringify(source)))).toEqual(source);
    expect(JSON.stringify(source)).not.toContain(one.split(" ")[3]);
  });

  test("give the key back from any that are enough, in any order, and not before", () => {
    for (const pair of [
      [one, two],
      [three, one],
      [two, three],
    ]) {
      expect(given.joined()).toBeNull();
      expect(given.give(pair[0] ?? "")).toEqual({ given: 1, needed: 2, of: 3 });
      expect(given.joined()).toBeNull();
      given.give(` ${(pair[1] ?? "").toUpperCase()}\n`);
      expect(given.joined()).toBeInstanceOf(KeyEncryptionKey);
      expect(given.progress().given).toBe(2);
      given.clear();
      expect(given.progress().given).toBe(0);
    }
  });

  test("are refused by their number: mistyped, of another agent, of another set, or given twice", () => {
    const elsewhere = splitAmongCustodians(kek, AID.replace("aa", "bb"), { parts: 3, threshold: 2 });
    given.give(one);
    expect(code(() => given.give(one))).toBe("E_SHARE_GIVEN");
    expect(code(() => given.give(other))).toBe("E_UNSEAL_SHARE");
    expect(code(() => given.give(elsewhere.shares[1] ?? ""))).toBe("E_UNSEAL_SHARE");
    expect(code(() => given.give(two.replace(/^2/, "3")))).toBe("E_UNSEAL_SHARE");
    expect(given.progress().given).toBe(1);
    held = new GivenShares(source, AID, () => now);
    expect(() => given.give(two.replace(/ [a-z]+ /, " holdfast "))).toThrowError(
      expect.objectContaining({ code: "E_SHARE_FORM", detail: { share: 2, word: 1 } }),
    );
    for (const form of ["", "2", one.slice(2), `0 ${one.slice(2)}`])
      expect(code(() => given.give(form))).not.toBe("taken");
  });

  test("wait a minute after five wrong ones from one place, the right one too, and nobody elsewhere does", () => {
    for (let wrong = 0; wrong < 5; wrong += 1) expect(code(() => given.give(other))).toBe("E_UNSEAL_SHARE");
    expect(code(() => given.give(one))).toBe("E_SHARE_WAIT");
    expect(code(() => given.give(two, "elsewhere"))).toBe("taken");
    now += 17_500;
    expect(() => given.give(one)).toThrowError(
      expect.objectContaining({ detail: { seconds: 43 }, message: expect.stringContaining("43 seconds left") }),
    );
    now += 42_500;
    expect(code(() => given.give(one))).toBe("taken");
  });

  test("that are mistyped, or given again, make nobody wait", () => {
    given.give(one);
    for (let slip = 0; slip < 6; slip += 1) {
      expect(code(() => given.give(two.replace(/ [a-z]+ /, " holdfast ")))).toBe("E_SHARE_FORM");
      expect(code(() => given.give(one))).toBe("E_SHARE_GIVEN");
    }
    expect(code(() => given.give(two))).toBe("taken");
  });

  test("are forgotten after a quarter of an hour", () => {
    given.give(one);
    now += 15 * 60_000 - 1;
    expect(given.progress().given).toBe(1);
    now += 1;
    expect(given.progress().given).toBe(0);
  });

  test("exist in numbers that make a quorum", () => {
    const split = (threshold: number, parts: number) => () => splitAmongCustodians(kek, AID, { parts, threshold });
    for (const [threshold, parts] of [
      [1, 3],
      [4, 3],
      [2, 17],
      [2.5, 3],
    ])
      expect(code(split(threshold ?? 0, parts ?? 0))).toBe("E_SHARES");
    expect(split(5, 3)).toThrowError("shares:5of3 never opens: it needs 5 and makes only 3.");
    expect(split(1, 3)).toThrowError("shares:1of3 would open with 1: 2 or more are needed.");
    expect(split(2, 17)).toThrowError("shares:2of17 are more than the 16 that there may be.");
    expect(code(split(2, 2))).toBe("taken");
    expect(code(split(16, 16))).toBe("taken");
  });
});

describe("an agent that shares open", () => {
  let base: string;
  let dataDirectory: string;
  let shares: readonly string[];
  let agent: Agent;
  const open = () => Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
  beforeEach(async () => {
    base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-shares-")));
    dataDirectory = join(base, "data");
    const made = await initAgent({
      ...{ dataDirectory, keyDirectory: join(base, "keys"), name: "one", standalone: true },
      kek: { kind: "shares", threshold: { parts: 3, threshold: 2 } },
      recoveryPassphrase: "a drawer in another house",
    });
    shares = made.shares;
    agent = await open();
  });
  afterEach(async () => {
    await agent.close();
    rmSync(base, { recursive: true, force: true });
  });

  test("starts sealed, opens at the second share, and forgets them when it is sealed again", async () => {
    expect([agent.sealed, agent.custody.shares]).toEqual([true, { given: 0, needed: 2, of: 3 }]);
    await expect(agent.unseal()).rejects.toMatchObject({ code: "E_SHARES_NEEDED" });
    await agent.giveShare(shares[2] ?? "");
    expect([agent.sealed, agent.custody.shares?.given]).toEqual([true, 1]);
    await agent.giveShare(shares[0] ?? "");
    expect([agent.sealed, agent.domain?.tid.length, agent.custody.shares?.given]).toEqual([false, 26, 0]);
    agent.seal();
    await agent.giveShare(shares[1] ?? "");
    expect(agent.sealed).toBe(true);
  });

  test("keeps no share on its disk, whole or word by word", async () => {
    await agent.giveShare(shares[0] ?? "");
    await agent.giveShare(shares[1] ?? "");
    const disk = readdirSync(base, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => readFileSync(join(each.parentPath, each.name)).toString("latin1"))
      .join("\n");
    for (const share of shares) expect(disk).not.toContain(share.slice(2, 40));
  });
});
