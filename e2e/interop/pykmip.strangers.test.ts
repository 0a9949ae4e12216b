import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KmipAgent } from "./support/kmip-agent.ts";
import { PYKMIP, play, type Seen } from "./support/pykmip.ts";

const WAYS = [
  "get",
  "get_attributes",
  "get_attribute_list",
  "activate",
  "revoke",
  "destroy",
  "rekey",
  "check",
  "encrypt",
  "decrypt",
  "mac",
  "sign",
  "modify_attribute",
  "delete_attribute",
];

let agent: KmipAgent;
let seen: Record<string, Seen>;

describe.skipIf(PYKMIP === undefined)("two of PyKMIP's clients", () => {
  beforeAll(async () => {
    agent = await KmipAgent.start();
    const [app, other] = [await agent.enrolOwner("app"), await agent.enrolOwner("other")];
    const clients = { app: app.files, other: other.files };
    seen = await play({ scene: "strangers", version: "1.2", port: agent.port, clients });
  });
  afterAll(() => agent?.close());

  it.each(WAYS)(
    "cannot tell by %s whether the other's key is there: the answer is that of one that never was",
    (way) => {
      const [theirs, nothing] = [seen[`${way} of theirs`], seen[`${way} of nothing`]];
      expect(theirs).toMatchObject({ ok: false });
      expect({ ...theirs, message: undefined }).toEqual({ ...nothing, message: undefined });
      expect(theirs?.message).toBe(nothing?.message);
    },
  );

  it("do not find each other's keys, by name or by asking for everything", () => {
    expect(seen["locate of theirs"]).toEqual({ ok: true, value: [] });
    expect(seen["locate of everything"]).toEqual({ ok: true, value: [] });
  });

  it("may give the same name without learning that it is taken", () => {
    expect(seen["create under the same name"]).toMatchObject({ ok: true });
  });

  it("leave each other's keys as they were", () => {
    expect(seen["the owner still decrypts"]).toMatchObject({ ok: true });
  });
});
