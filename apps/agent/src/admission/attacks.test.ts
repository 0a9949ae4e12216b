import { type BuiltCommand, type Command, commandHash, encodeBase64url, encodeCommand } from "@holdfast/protocol";
import {
  addMember,
  changeApproval,
  changeCommand,
  changeEnvelope,
  duplicateApprovals,
  flipBit,
  moveApprovals,
  respell,
  SoftwareAdministrator,
  SoftwarePasskey,
  stripApprovals,
} from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectRefused as refusedBy } from "./testing/attack.ts";
import { newKey, PasskeyAgent } from "./testing/passkey-agent.ts";
import { withstand } from "./testing/withstand.ts";

let agent: PasskeyAgent;
beforeAll(async () => {
  agent = await PasskeyAgent.found();
});
afterAll(() => agent.close());

const create = () => agent.propose("key.create", { args: { items: [newKey()] } });
const honest = (command: BuiltCommand) => agent.envelope(command, [agent.approve([command])]);

/** A command that no honest builder builds. */
function changed(change: (command: Command) => Command, of: BuiltCommand = create()): BuiltCommand {
  const command = change(of.command);
  const bytes = encodeCommand(command);
  return { command, bytes, doc: encodeBase64url(bytes), hash: commandHash(bytes) };
}

const expectRefused = (bytes: Uint8Array, code: string) => refusedBy(agent, bytes, code);

describe("an envelope from a control plane that lies", () => {
  test("is taken when it is honest: the yardstick of the refusals below", async () => {
    const command = create();
    expect(await agent.domain.admission.deliver(honest(command), "mailbox")).toMatchObject({ outcome: "applied" });
  });

  test("is refused E_LIMIT, E_CANON or E_SCHEMA when it is no envelope", async () => {
    const bytes = honest(create());
    await expectRefused(new Uint8Array(600_000), "E_LIMIT");
    await expectRefused(new Uint8Array(), "E_CANON");
    await expectRefused(respell(bytes), "E_CANON");
    await expectRefused(addMember(bytes, "z", 1), "E_SCHEMA");
  });

  test("rows 22 and 23: is refused E_TENANT when its command is for another domain", async () => {
    const command = changed((each) => ({ ...each, tid: "a".repeat(26) }));
    await expectRefused(honest(command), "E_TENANT");
  });

  test("is refused E_ARGS and E_UNSUPPORTED for arguments and acts that do not exist", async () => {
    const { doc } = create();
    const text = Buffer.from(doc, "base64url").toString("utf8");
    const rewritten = (from: string, to: string) => ({
      doc: Buffer.from(text.replace(from, to)).toString("base64url"),
    });
    await expectRefused(agent.envelope(rewritten('"AES-256"', '"AES-999"'), []), "E_ARGS");
    await expectRefused(agent.envelope(rewritten('"key.create"', '"key.conjure"'), []), "E_UNSUPPORTED");
  });

  test("is refused E_INTRO when it brings a newcomer's key", async () => {
    const bytes = changeEnvelope(honest(create()), (envelope) => ({ ...envelope, intros: ["AAAA"] }));
    await expectRefused(bytes, "E_INTRO");
  });

  test("is refused E_ROSTER_STALE when its command names another roster", async () => {
    const command = changed((each) => ({ ...each, roster: { seq: 0, hash: create().hash } }));
    await expectRefused(honest(command), "E_ROSTER_STALE");
  });

  test("rows 19, 20 and 21: is refused E_EXPIRED past its time and when dated more than ten minutes ahead, E_LIMIT when it lives too long", async () => {
    const now = agent.clock.now();
    const dated = (issued: number, exp: number) => honest(changed((each) => ({ ...each, issued, exp })));
    await expectRefused(dated(now - 60, now - 1), "E_EXPIRED");
    await expectRefused(dated(now + 601, now + 900), "E_EXPIRED");
    await expectRefused(dated(now, now + 72 * 3600 + 1), "E_LIMIT");
    const decided = await agent.domain.admission.deliver(dated(now + 600, now + 900), "mailbox");
    expect(decided.outcome).toBe("applied");
  });

  test("row 158: is refused E_LOCAL_ADMIN when it brings the decision of a raw key", async () => {
    const command = create();
    const raw = { decision: 1, list: [command.hash], credId: agent.approve([command]).credId, sig: "AAAA" } as const;
    await expectRefused(agent.envelope(command, [raw]), "E_LOCAL_ADMIN");
  });
});

describe("approvals that are none", () => {
  const { rpId, origin } = new SoftwarePasskey();

  test("of a stranger's passkey are refused E_CRED_UNKNOWN", async () => {
    const command = create();
    const approval = new SoftwareAdministrator({ label: "Mallory" }).passkey.approve([command.hash]);
    await expectRefused(agent.envelope(command, [approval]), "E_CRED_UNKNOWN");
  });

  test("of a stranger under an administrator's credential id are refused E_ASSERT_SIG", async () => {
    const command = create();
    const { credId } = agent.approve([command]);
    const approval = { ...new SoftwarePasskey().approve([command.hash]), credId };
    await expectRefused(agent.envelope(command, [approval]), "E_ASSERT_SIG");
  });

  test.each([
    [
      "row 24: made to sign in at the dashboard",
      { origin: "https://app.holdfast.example", rpId: "app.holdfast.example" },
      "E_ASSERT_CLIENTDATA",
    ],
    ["over the challenge of a sign-in", { challenge: new Uint8Array(32).fill(7) }, "E_ASSERT_CLIENTDATA"],
    ["made on another page", { origin: `${origin}.example` }, "E_ASSERT_CLIENTDATA"],
    ["made on another port", { origin: `${origin}:8443` }, "E_ASSERT_CLIENTDATA"],
    ["row 27: made inside another site's frame", { crossOrigin: true }, "E_ASSERT_CLIENTDATA"],
    ["row 31: that are registrations", { type: "webauthn.create" }, "E_ASSERT_CLIENTDATA"],
    ["for another RP ID", { rpId: `login.${rpId}` }, "E_ASSERT_RPID"],
    ["row 32: without a verified person", { flags: { uv: false } }, "E_ASSERT_UV"],
    ["row 32: without a present person", { flags: { up: false } }, "E_ASSERT_UV"],
    ["row 33: of a passkey that has become one to copy", { flags: { be: true } }, "E_ASSERT_BACKUP"],
    ["with another signature", { signature: (bytes: Uint8Array) => flipBit(bytes, bytes.length - 1) }, "E_ASSERT_SIG"],
  ] as const)("%s are refused by their code", async (_how, knobs, code) => {
    const command = create();
    await expectRefused(agent.envelope(command, [agent.approve([command], knobs)]), code);
  });

  test("of another command are refused E_SCHEMA, whatever list they claim E_ASSERT_CLIENTDATA", async () => {
    const [one, other] = [create(), create()];
    const moved = moveApprovals(honest(one), agent.envelope(other, []));
    await expectRefused(moved, "E_SCHEMA");
    await expectRefused(
      changeApproval(moved, 0, (each) => ({ ...each, list: [other.hash] })),
      "E_ASSERT_CLIENTDATA",
    );
  });

  test("row 35: said to be approvals when they rejected are refused E_ASSERT_CLIENTDATA", async () => {
    const command = create();
    const rejected = agent.envelope(command, [agent.approve([command], { decision: 2 })]);
    await expectRefused(
      changeApproval(rejected, 0, (each) => ({ ...each, decision: 1 })),
      "E_ASSERT_CLIENTDATA",
    );
  });

  test("row 5: stay on the command they were given for: a changed one is refused E_SCHEMA", async () => {
    const bytes = changeCommand(honest(create()), (command) => ({ ...command, reason: "another" }));
    await expectRefused(bytes, "E_SCHEMA");
  });

  test("taken away leave a command that waits", async () => {
    const command = create();
    const decided = await agent.domain.admission.deliver(stripApprovals(honest(command)), "mailbox");
    expect(decided).toMatchObject({ outcome: "pending", have: 0, need: 1 });
    expect(agent.domain.admission.find(command.hash)?.status).toBe("pending");
  });
});

describe("a replay", () => {
  test("row 13: is answered by the receipt of the first time, and nothing happens again", async () => {
    const bytes = honest(create());
    const first = await agent.domain.admission.deliver(bytes, "mailbox");
    const again = await withstand(agent, null, () => agent.domain.admission.deliver(bytes, "mailbox"));
    expect(again).toMatchObject({ outcome: "applied", leaf: first.leaf });
  });

  test("with the approval said twice is the same command, applied once", async () => {
    const bytes = honest(create());
    await agent.domain.admission.deliver(duplicateApprovals(bytes), "mailbox");
    const { size } = agent.domain.log;
    expect(await agent.domain.admission.deliver(bytes, "mailbox")).toMatchObject({ outcome: "applied" });
    expect(agent.domain.log.size).toBe(size);
  });
});

describe("two administrators", () => {
  let pair: PasskeyAgent;
  beforeAll(async () => {
    const [ada, grace] = [{ label: "Ada", passkeys: 2 }, { label: "Grace" }];
    pair = await PasskeyAgent.found({
      administrators: [new SoftwareAdministrator(ada), new SoftwareAdministrator(grace)],
    });
  });
  afterAll(() => pair.close());

  test("rows 2, 4 and 94: one of them cannot count as two, by the same passkey said twice or by a second passkey", async () => {
    const key = await pair.key();
    const command = pair.propose("key.destroy", { key: key.id });
    const twice = duplicateApprovals(pair.envelope(command, [pair.approve([command])]));
    const two = pair.envelope(command, [pair.approve([command]), pair.approve([command], { passkey: 1 })]);
    for (const bytes of [twice, two]) {
      const decided = await withstand(pair, "E_QUORUM", () => pair.domain.admission.deliver(bytes, "mailbox"));
      expect(decided).toMatchObject({ outcome: "pending", have: 1, need: 2, code: "E_QUORUM" });
    }
    expect(pair.domain.keystore.findKey(key.id)?.state).toBe("active");
  });

  test("their approvals add up over deliveries and a restart, and none is lost to a bad one in between", async () => {
    const key = await pair.key("billing");
    await pair.deliver(pair.propose("key.deactivate", { key: key.id }), 0);
    const command = pair.propose("key.destroy", { key: key.id });
    expect(await pair.deliver(command, 0)).toMatchObject({ outcome: "pending", have: 1, need: 2 });
    const bad = pair.envelope(command, [pair.approve([command], { signature: (bytes) => flipBit(bytes, 20) })]);
    expect(await pair.domain.admission.deliver(bad, "mailbox")).toMatchObject({ outcome: "refused" });
    await pair.restart();
    expect(pair.domain.admission.find(command.hash)).toMatchObject({ status: "pending", have: 1, need: 2 });
    expect(await pair.deliver(command, 1)).toMatchObject({ outcome: "scheduled" });
  });

  test("a refusal that somebody's approval stood behind gets one entry of its own, and repeating it none", async () => {
    const key = await pair.key("archive");
    const command = pair.propose("key.destroy", { key: key.id });
    await pair.deliver(pair.propose("key.rotate", { key: key.id }), 0);
    const { size } = pair.domain.log;
    for (let time = 0; time < 2; time += 1)
      expect(await pair.deliver(command, 0, 1)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
    expect(pair.kinds(size)).toEqual(["command.refused"]);
  });
});
