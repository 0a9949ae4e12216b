import { createPublicKey } from "node:crypto";
import type { Approval, BuiltCommand } from "@holdfast/protocol";
import { SoftwareAdministrator, SoftwarePasskey } from "@holdfast/testkit";
import { afterEach, describe, expect, test } from "vitest";
import { MAX_LONE_REJECTIONS } from "./lone-rejections.ts";
import { newKey, PasskeyAgent, type PasskeyAgentOptions } from "./testing/passkey-agent.ts";
import { withstand } from "./testing/withstand.ts";

let agent: PasskeyAgent;
afterEach(() => agent.close());

async function found(options: PasskeyAgentOptions = {}): Promise<void> {
  agent = await PasskeyAgent.found(options);
}

const DAY = 86_400;
const GRANTED = {
  label: "shop",
  auth: { kind: "issued", validitySec: DAY },
  grants: [{ ops: ["encrypt"], keys: { kind: "group", id: "default" } }],
};

describe("time", () => {
  test("a clock that is not believed stops loosening acts with E_CLOCK, never tightening ones", async () => {
    await found();
    const key = await agent.key();
    agent.clock.setWall(agent.clock.now() + 3600);
    expect(await agent.apply("key.rotate", { key: key.id })).toMatchObject({ outcome: "refused", code: "E_CLOCK" });
    expect(await agent.apply("key.suspend", { key: key.id })).toMatchObject({ outcome: "applied" });
  });

  test("an expired roster takes tightening acts and nothing else", async () => {
    await found();
    const key = await agent.key();
    agent.clock.advance(401 * DAY);
    expect(await agent.apply("key.rotate", { key: key.id })).toMatchObject({ code: "E_ROSTER_EXPIRED" });
    expect(await agent.apply("key.suspend", { key: key.id })).toMatchObject({ outcome: "applied" });
  });

  test("a proposal that nobody approved is forgotten at its time; one with an approval ends on record", async () => {
    const administrators = [new SoftwareAdministrator(), new SoftwareAdministrator({ label: "Grace" })];
    await found({ administrators });
    const [bare, begun] = [1, 2].map(() => agent.propose("client.enrol", { args: GRANTED }));
    if (!bare || !begun) throw new TypeError();
    await agent.deliver(bare);
    await agent.deliver(begun, 0);
    const { size } = agent.domain.log;
    agent.clock.advance(2 * DAY);
    await agent.domain.admission.runDue();
    expect(agent.domain.admission.pending()).toEqual([]);
    expect(agent.kinds(size)).toEqual(["command.expired"]);
    expect(agent.domain.admission.find(begun.hash)?.status).toBe("expired");
    expect(await agent.deliver(begun, 0, 1)).toMatchObject({ outcome: "expired" });
  });
});

describe("a locked domain", () => {
  test("refuses changes with E_LOCKED, takes tightening acts, and is unlocked by its administrators", async () => {
    await found();
    const key = await agent.key();
    await agent.apply("domain.lock");
    expect(await agent.apply("key.rotate", { key: key.id })).toMatchObject({ code: "E_LOCKED" });
    expect(await agent.apply("key.suspend", { key: key.id })).toMatchObject({ outcome: "applied" });
    expect(await agent.apply("domain.unlock")).toMatchObject({ outcome: "applied" });
    expect(await agent.apply("key.resume", { key: key.id })).toMatchObject({ outcome: "applied" });
  });
});

describe("what a command expects", () => {
  test("a key changed since the proposal is refused E_PRESTATE; a new name of it alone too", async () => {
    await found();
    const key = await agent.key();
    const [first, second] = [
      agent.propose("key.rotate", { key: key.id }),
      agent.propose("key.rotate", { key: key.id }),
    ];
    expect(await agent.deliver(first, 0)).toMatchObject({ outcome: "applied" });
    expect(await agent.deliver(second, 0)).toMatchObject({ code: "E_PRESTATE" });
    const third = agent.propose("key.rotate", { key: key.id });
    await agent.apply("key.label", { key: key.id, args: { label: "renamed" } });
    expect(await agent.deliver(third, 0)).toMatchObject({ code: "E_PRESTATE" });
  });

  test("a tightening act names no head and is stopped only by a later loosening of its target", async () => {
    await found();
    const key = await agent.key();
    const early = agent.propose("key.suspend", { key: key.id });
    const later = agent.propose("key.suspend", { key: key.id });
    agent.clock.advance(5);
    await agent.apply("key.rotate", { key: key.id });
    expect(await agent.deliver(early, 0)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
    expect(await agent.apply("key.suspend", { key: key.id })).toMatchObject({ outcome: "applied" });
    expect(await agent.deliver(later, 0)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
    expect(await agent.apply("key.suspend", { key: key.id })).toMatchObject({ outcome: "applied" });
    expect(agent.domain.keystore.findKey(key.id)?.state).toBe("suspended");
  });

  test("the host's own rules refuse an act whoever approves it, and never what tightens", async () => {
    await found({ deniedActs: ["key.rotate"] });
    const key = await agent.key();
    const rotation = agent.propose("key.rotate", { key: key.id });
    expect(await agent.deliver(rotation, 0)).toMatchObject({ outcome: "refused", code: "E_LOCAL_DENY" });
    expect(agent.domain.keystore.findKey(key.id)).toEqual(key);
    expect(await agent.apply("key.suspend", { key: key.id })).toMatchObject({ outcome: "applied" });
  });
});

describe("whose approval counts", () => {
  const hosted = new SoftwarePasskey({ channel: "hosted", rpId: "approve.example", seed: "hosted" });

  test("rows 26 and 121: one from the hosted page suspends and creates kept keys, and is refused E_CHANNEL for anything more", async () => {
    const ada = new SoftwareAdministrator();
    Object.assign(ada, { passkeys: [ada.passkey, hosted] });
    await found({ administrators: [ada] });
    const key = await agent.key();
    const byHosted = (act: string, rest = {}) => {
      const command = agent.propose(act, rest);
      const bytes = agent.envelope(command, [agent.approve([command], { passkey: 1 })]);
      return agent.domain.admission.deliver(bytes, "mailbox");
    };
    expect(await byHosted("key.suspend", { key: key.id })).toMatchObject({ outcome: "applied" });
    expect(await byHosted("key.create", { args: { items: [newKey()] } })).toMatchObject({ outcome: "applied" });
    const leaving = { args: { items: [{ ...newKey(), extractable: true }] } };
    const elsewhere = { args: { items: [{ ...newKey(), group: "unheard-of" }] } };
    for (const [act, rest] of [
      ["key.create", leaving],
      ["key.create", elsewhere],
      ["key.resume", { key: key.id }],
      ["key.deactivate", { key: key.id }],
      ["client.enrol", { args: GRANTED }],
    ] as const)
      expect(await withstand(agent, "E_CHANNEL", () => byHosted(act, rest))).toMatchObject({ code: "E_CHANNEL" });
  });

  test("one touch at the hosted page is of one command that makes ten keys at most: more is refused and counts for nothing", async () => {
    const ada = new SoftwareAdministrator();
    Object.assign(ada, { passkeys: [ada.passkey, hosted] });
    await found({ administrators: [ada] });
    const keys = [await agent.key("one"), await agent.key("two")];
    const suspending = keys.map(({ id }) => agent.propose("key.suspend", { key: id }));
    const deliver = (commands: typeof suspending, decision: 1 | 2, which = commands[0] as (typeof commands)[0]) =>
      agent.domain.admission.deliver(
        agent.envelope(which, [agent.approve(commands, { passkey: 1, decision })]),
        "mailbox",
      );
    const many = (count: number) =>
      agent.propose("key.create", { args: { items: Array.from({ length: count }, (_, at) => newKey(`k${at}`)) } });
    for (const command of suspending) await withstand(agent, "E_CHANNEL", () => deliver(suspending, 1, command));
    await withstand(agent, "E_CHANNEL", () => deliver([many(11)], 1));
    const waiting = [many(1), many(2)];
    for (const command of waiting) {
      await agent.domain.admission.deliver(agent.envelope(command, []), "mailbox");
      await withstand(agent, "E_CHANNEL", () => deliver(waiting, 2, command));
      expect(await agent.deliver(command, 0)).toMatchObject({ outcome: "applied" });
    }
    expect(await deliver([many(10)], 1)).toMatchObject({ outcome: "applied" });
    for (const command of suspending) expect(await deliver([command], 1)).toMatchObject({ outcome: "applied" });
  });

  test("row 95: under noSelf the proposer signs and does not count, and nobody proposes unsigned", async () => {
    const administrators = ["Ada", "Grace"].map((label) => new SoftwareAdministrator({ label }));
    const noSelf = { act: "key.rotate", m: 1, noSelf: true, delaySec: 0, maxTtlSec: DAY } as const;
    await found({
      administrators,
      change: (roster) => ({
        ...roster,
        policy: [...roster.policy.filter(({ act }) => act !== "key.rotate"), noSelf],
      }),
    });
    const key = await agent.key();
    const unsigned = agent.propose("key.rotate", { key: key.id });
    const alone = await withstand(agent, "E_SELF", () => agent.deliver(unsigned, 0));
    expect(alone).toMatchObject({ outcome: "refused", code: "E_SELF" });
    const [proposer] = administrators;
    const command = agent.propose("key.rotate", { key: key.id, proposer: proposer?.adm ?? "" });
    const proposal = agent.approve([command], { decision: 0 });
    const deliver = (by: number) =>
      agent.domain.admission.deliver(agent.envelope(command, [agent.approve([command], { by })], proposal), "mailbox");
    expect(await withstand(agent, "E_SELF", () => deliver(0))).toMatchObject({ code: "E_SELF" });
    expect(await deliver(1)).toMatchObject({ outcome: "applied" });
  });

  test("row 95: under noSelf a proposer's signature from the hosted page makes nobody the other person, but for what that page counts for", async () => {
    const administrators = ["Ada", "Grace"].map((label) => new SoftwareAdministrator({ label }));
    const [ada] = administrators as [SoftwareAdministrator, SoftwareAdministrator];
    Object.assign(ada, { passkeys: [ada.passkey, hosted] });
    const rule = (act: "client.enrol" | "key.rotate") =>
      ({ act, m: 1, noSelf: true, delaySec: 0, maxTtlSec: DAY }) as const;
    await found({
      administrators,
      change: (roster) => ({
        ...roster,
        policy: [
          ...roster.policy.filter(({ act }) => act !== "client.enrol" && act !== "key.rotate"),
          rule("client.enrol"),
          rule("key.rotate"),
        ],
      }),
    });
    const key = await agent.key();
    const propose = (act: string, rest = {}) => {
      const command = agent.propose(act, { ...rest, proposer: ada.adm });
      const bytes = (passkey: number) => {
        const proposal = agent.approve([command], { decision: 0, passkey });
        return agent.envelope(command, [agent.approve([command], { by: 1 })], proposal);
      };
      return (passkey: number) => agent.domain.admission.deliver(bytes(passkey), "mailbox");
    };
    const enrol = propose("client.enrol", { args: GRANTED });
    expect(await withstand(agent, "E_CHANNEL", () => enrol(1))).toMatchObject({ code: "E_CHANNEL" });
    expect(await enrol(0)).toMatchObject({ outcome: "applied" });
    expect(await propose("key.rotate", { key: key.id })(1)).toMatchObject({ outcome: "applied" });
  });
});

describe("a rejection", () => {
  test("by one administrator ends a loosening command for good, by envelope or at the page", async () => {
    await found();
    const key = await agent.key();
    const [one, other] = [1, 2].map(() => agent.propose("key.rotate", { key: key.id }));
    if (!one || !other) throw new TypeError();
    await agent.deliver(one);
    const no = agent.envelope(one, [agent.approve([one], { decision: 2 })]);
    expect(await agent.domain.admission.deliver(no, "mailbox")).toMatchObject({
      outcome: "cancelled",
      code: "E_CANCELLED",
    });
    expect(await agent.deliver(one, 0)).toMatchObject({ outcome: "cancelled" });
    await agent.deliver(other);
    expect(await agent.touch([other], 2)).toMatchObject([{ outcome: "cancelled" }]);
    expect(agent.domain.keystore.findKey(key.id)?.current).toBe(1);
  });

  test("of commands that do not wait here is refused and kept nowhere, however many one signature names; they can be proposed after it", async () => {
    await found();
    const commands = Array.from({ length: 50 }, () => agent.propose("key.create", { args: { items: [newKey()] } }));
    const no = agent.approve(commands, { decision: 2 });
    const { size } = agent.domain.log;
    await withstand(agent, "E_PRESTATE", async () => {
      for (const each of commands) {
        const decided = await agent.domain.admission.deliver(agent.envelope(each, [no]), "mailbox");
        expect(decided).toMatchObject({ outcome: "refused", code: "E_PRESTATE", next: expect.any(String) });
      }
      expect(agent.domain.log.size).toBe(size);
    });
    const [first] = commands;
    expect(await agent.deliver(first as BuiltCommand, 0)).toMatchObject({ outcome: "applied" });
  });

  test("of proposals that nobody else approved ends a bounded number a day; what others approved is ended beyond it", async () => {
    await found({ administrators: ["Ada", "Grace"].map((label) => new SoftwareAdministrator({ label })) });
    const enrol = () => agent.propose("client.enrol", { args: GRANTED });
    const rejected = async (command: BuiltCommand, no: Approval) => {
      await agent.deliver(command);
      return agent.domain.admission.deliver(agent.envelope(command, [no]), "mailbox");
    };
    for (const count of [MAX_LONE_REJECTIONS / 2, MAX_LONE_REJECTIONS / 2]) {
      const commands = Array.from({ length: count }, enrol);
      const no = agent.approve(commands, { decision: 2 });
      for (const each of commands) expect(await rejected(each, no)).toMatchObject({ outcome: "cancelled" });
    }
    const more = enrol();
    const no = agent.approve([more], { decision: 2 });
    expect(await withstand(agent, "E_LIMIT", () => rejected(more, no))).toMatchObject({ code: "E_LIMIT" });
    expect(await agent.deliver(more, 1)).toMatchObject({ outcome: "pending", have: 1 });
    expect(await rejected(more, no)).toMatchObject({ outcome: "cancelled" });
    await agent.run(DAY + 240);
    const late = enrol();
    expect(await rejected(late, agent.approve([late], { decision: 2 }))).toMatchObject({ outcome: "cancelled" });
  });

  test("row 139: that a stranger made ends nothing, and a tightening act cannot be rejected", async () => {
    await found();
    const key = await agent.key();
    const command = agent.propose("key.rotate", { key: key.id });
    await agent.deliver(command);
    const stranger = new SoftwarePasskey({ seed: "mallory" }).approve([command.hash], { decision: 2 });
    const bytes = agent.envelope(command, [stranger]);
    expect(await agent.domain.admission.deliver(bytes, "mailbox")).toMatchObject({ code: "E_CRED_UNKNOWN" });
    expect(agent.domain.admission.find(command.hash)?.status).toBe("pending");
    const suspend = agent.propose("key.suspend", { key: key.id });
    const both = agent.envelope(suspend, [agent.approve([suspend]), agent.approve([suspend], { decision: 2 })]);
    expect(await agent.domain.admission.deliver(both, "mailbox")).toMatchObject({ outcome: "applied" });
  });
});

describe("one touch over several commands", () => {
  test("carries each out by itself in order; a later failure leaves the earlier ones applied and says so", async () => {
    await found();
    const key = await agent.key();
    const commands = [
      agent.propose("key.rotate", { key: key.id }),
      agent.propose("key.rotate", { key: key.id }),
      agent.propose("client.enrol", { args: GRANTED }),
    ];
    for (const command of commands) await agent.deliver(command);
    const decided = await agent.touch(commands);
    expect(decided.map(({ outcome, code }) => [outcome, code])).toEqual([
      ["applied", undefined],
      ["refused", "E_PRESTATE"],
      ["applied", undefined],
    ]);
    const [, , client] = decided;
    expect(client?.files?.map(({ name }) => name)).toEqual(["client.crt", "client.key", "ca.crt"]);
    const [one, two] = commands;
    if (!one || !two) throw new TypeError();
    await expect(agent.touch([one, two], 1, [two, one])).rejects.toMatchObject({ code: "E_ASSERT_CLIENTDATA" });
  });

  test("hands a new client's files to the command line that waits, and then to nobody else", async () => {
    await found();
    const waiting = agent.domain.admission.act({ act: "client.enrol", args: GRANTED, reason: "", wait: true });
    await expect.poll(() => agent.domain.admission.pending().length).toBe(1);
    const [command] = agent.domain.admission.pending();
    const [atThePage] = await agent.touch(command ? [command] : []);
    expect(atThePage).toMatchObject({ outcome: "applied" });
    expect(atThePage?.files).toBeUndefined();
    const answer = await waiting;
    const key = answer.files?.find(({ name }) => name === "client.key")?.base64 ?? "";
    expect(createPublicKey(Buffer.from(key, "base64")).asymmetricKeyType).toBe("ec");
  });

  test("hands them to the page when the command line that waited is gone", async () => {
    await found();
    const gone = new AbortController();
    const request = { act: "client.enrol", args: GRANTED, reason: "", wait: true };
    const waiting = agent.domain.admission.act(request, gone.signal);
    await expect.poll(() => agent.domain.admission.pending().length).toBe(1);
    gone.abort();
    expect(await waiting).toMatchObject({ outcome: "pending" });
    const [command] = agent.domain.admission.pending();
    const [atThePage] = await agent.touch(command ? [command] : []);
    expect(atThePage?.files).toHaveLength(3);
  });
});
