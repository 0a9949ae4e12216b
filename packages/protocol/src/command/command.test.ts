import { addMember, changeCommand, respell, SoftwareDomain } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { decodeBase64url } from "../encoding/base64url.ts";
import { ACTS, channelCounts, isAct, isTightening } from "./acts.ts";
import { buildCommand } from "./build-command.ts";
import { encodeCommand, isDelayable, parseCommand, targetKind } from "./command.ts";
import { isSupportedAct, type NewKey } from "./command-args.ts";
import { parseEnvelope } from "./envelope.ts";
import { GRANT_OPERATIONS, grantPermits } from "./grant.ts";

const KEY: NewKey = { label: "Orders", algorithm: "AES-256", usage: ["encrypt"], group: "default", extractable: false };
const domain = SoftwareDomain.found({ seed: "command" });
const request = {
  tid: domain.tid,
  roster: { seq: 0, hash: domain.hash },
  now: domain.clock.now(),
  ttlSec: 600,
} as const;
const target = { kind: "key", keyId: `k_${domain.tid}`, label: "Orders", group: "default" } as const;

describe("a built command", () => {
  test("reads back as what was asked for, and its hash names its bytes", () => {
    const built = buildCommand({ ...request, act: "key.create", args: { items: [KEY] }, reason: "as agreed" });
    expect(parseCommand(built.bytes)).toMatchObject({ act: "key.create", args: { items: [KEY] }, reason: "as agreed" });
    expect(decodeBase64url(built.doc)).toEqual(built.bytes);
    expect(encodeCommand(parseCommand(built.bytes))).toEqual(built.bytes);
  });

  test("is never the same twice, so that two alike can both be approved", () => {
    const build = () => buildCommand({ ...request, act: "domain.lock", args: {} }).hash;
    expect(build()).not.toBe(build());
  });

  test("expects nothing of its target where the act only tightens, so that nothing in between can stop it", () => {
    const expectation = { head: 7, state: "active", version: 1 } as const;
    const suspend = buildCommand({ ...request, act: "key.suspend", args: {}, target, expect: expectation });
    const rotate = buildCommand({ ...request, act: "key.rotate", args: {}, target, expect: expectation });
    expect(suspend.command.expect).toBeUndefined();
    expect(rotate.command.expect).toEqual(expectation);
  });

  test("cannot be built for what no command may say", () => {
    expect(() => buildCommand({ ...request, act: "key.create", args: { items: [] } })).toThrow(
      expect.objectContaining({ code: "E_ARGS" }),
    );
    expect(() => buildCommand({ ...request, act: "key.label", args: { label: "a\u202eb" }, target })).toThrow(
      expect.objectContaining({ code: "E_CANON" }),
    );
    expect(() => buildCommand({ ...request, ttlSec: 0, act: "domain.lock", args: {} })).toThrow(
      expect.objectContaining({ code: "E_SCHEMA" }),
    );
  });

  test("takes a thousand items and not one more", () => {
    const items = (count: number) => Array.from({ length: count }, (_, index) => ({ ...KEY, label: `k${index}` }));
    const create = (count: number) => buildCommand({ ...request, act: "key.create", args: { items: items(count) } });
    expect(parseCommand(create(1000).bytes).act).toBe("key.create");
    expect(() => create(1001)).toThrow(expect.objectContaining({ code: "E_ARGS" }));
  });
});

describe("a command that was tampered with", () => {
  const built = domain.propose({ act: "key.create", args: { items: [KEY] } });
  const envelope = domain.envelope(built, [domain.approve([built])]).bytes;

  test("is another command: approvals name the bytes they were given for", () => {
    const changed = changeCommand(envelope, (command) => ({ ...command, reason: "changed" }));
    const { doc, approvals } = parseEnvelope(changed);
    expect(doc).not.toBe(built.doc);
    expect(approvals[0]?.list).toEqual([built.hash]);
  });

  test("is refused in any other spelling and with any member more", () => {
    expect(() => parseCommand(respell(built.bytes))).toThrow(expect.objectContaining({ code: "E_CANON" }));
    expect(() => parseCommand(addMember(built.bytes, "zone", "eu"))).toThrow(
      expect.objectContaining({ code: "E_SCHEMA" }),
    );
    expect(() => parseEnvelope(respell(envelope))).toThrow(expect.objectContaining({ code: "E_CANON" }));
  });
});

describe("acts", () => {
  test("are a closed list: nothing that objects inherit is one", () => {
    for (const word of ["", "constructor", "__proto__", "toString", "key.create ", "KEY.CREATE"]) {
      expect(isAct(word)).toBe(false);
      expect(isSupportedAct(word)).toBe(false);
    }
  });

  test("that tighten are those of the specification", () => {
    expect(ACTS.filter(isTightening)).toEqual([
      "key.suspend",
      "key.deactivate",
      "key.compromise",
      "client.revoke",
      "schedule.clear",
      "domain.lock",
    ]);
  });

  test("that a hosted page's approval counts for are those of the specification", () => {
    const counts = (extractable: boolean) => ACTS.filter((act) => channelCounts("hosted", act, extractable));
    expect(counts(true)).toEqual(["key.suspend", "schedule.clear", "domain.lock"]);
    expect(counts(false)).toEqual(["key.create", "key.rotate", "key.suspend", "schedule.clear", "domain.lock"]);
    expect(channelCounts("hosted", "roster.update", false)).toBe(false);
  });

  test("can wait a delay where they are on one key, and as changes of the roster; no other, and not all at once", () => {
    expect(["roster.update", ...ACTS, "*", "key.register", "key.nothing"].filter(isDelayable)).toEqual([
      ...["roster.update", "key.activate", "key.rotate", "key.suspend", "key.resume", "key.deactivate"],
      ...["key.compromise", "key.destroy", "key.label", "key.group", "schedule.set", "schedule.clear"],
    ]);
  });

  test("each have one kind of target", () => {
    expect(ACTS.filter(isSupportedAct).map((act) => [act, targetKind(act)])).toEqual([
      ["key.create", null],
      ["key.activate", "key"],
      ["key.rotate", "key"],
      ["key.suspend", "key"],
      ["key.resume", "key"],
      ["key.deactivate", "key"],
      ["key.compromise", "key"],
      ["key.destroy", "key"],
      ["key.label", "key"],
      ["key.group", "key"],
      ["client.enrol", null],
      ["client.permit", null],
      ["client.update", "client"],
      ["client.revoke", "client"],
      ["schedule.set", "key"],
      ["schedule.clear", "key"],
      ["crypto.allow", null],
      ["backup.policy", null],
      ["backup.create", null],
      ["escrow.enrol", null],
      ["escrow.release", null],
      ["escrow.drill", null],
      ["import.begin", null],
      ["import.commit", null],
      ["export.wrap", null],
      ["domain.lock", null],
      ["domain.unlock", null],
      ["domain.set", null],
      ["log.acceptLoss", null],
      ["restore.accept", null],
      ["clock.accept", null],
    ]);
  });
});

describe("a grant of all", () => {
  test("implies neither taking out, wrapping, deriving, importing nor moving aliases", () => {
    const denied = GRANT_OPERATIONS.filter((operation) => !grantPermits(["all"], operation));
    expect(denied).toEqual(["get", "wrap", "derive", "alias", "import"]);
  });

  test("gives those where they are named besides", () => {
    expect(grantPermits(["all", "get"], "get")).toBe(true);
    expect(grantPermits(["encrypt"], "decrypt")).toBe(false);
  });
});
