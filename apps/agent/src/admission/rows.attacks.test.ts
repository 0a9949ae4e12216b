import {
  type Approval,
  type BuiltCommand,
  decodeBase64url,
  encodeBase64url,
  encodeCommand,
  type Roster,
  rawSignatureBase,
} from "@holdfast/protocol";
import { duplicateMember, paddedBase64url, SoftwareAdministrator, SoftwareKey } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Decided } from "./decided.ts";
import { approved, built, create, expectRefused } from "./testing/attack.ts";
import { PasskeyAgent } from "./testing/passkey-agent.ts";
import { withstand } from "./testing/withstand.ts";

/** Rows of docs/threat-model/hostile-operator.md that an agent answers by itself. */
let agent: PasskeyAgent;
let pair: PasskeyAgent;
beforeAll(async () => {
  agent = await PasskeyAgent.found();
  const administrators = ["Ada", "Grace"].map((label) => new SoftwareAdministrator({ label }));
  const noSelf = { act: "key.rotate", m: 1, noSelf: true, delaySec: 0, maxTtlSec: 86_400 } as const;
  const change = (roster: Roster): Roster => ({
    ...roster,
    policy: [...roster.policy.filter(({ act }) => act !== "key.rotate"), noSelf],
  });
  pair = await PasskeyAgent.found({ administrators, change });
});
afterAll(async () => {
  await agent.close();
  await pair.close();
});

const send = (bytes: Uint8Array, on = agent): Promise<Decided> => on.domain.admission.deliver(bytes, "mailbox");

/** The text of a command, rewritten: what a lenient reader might still take. */
function rewritten(change: (text: string) => string): BuiltCommand {
  const { bytes, command } = create(agent);
  const text = change(Buffer.from(bytes).toString("utf8"));
  return built(Buffer.from(text, "utf8"), command);
}

describe("approvals", () => {
  test("rows 1 and 142: none is a command that waits, and the same command with one is applied later", async () => {
    const command = create(agent);
    const keys = agent.domain.keystore.counts().keys;
    const waits = await withstand(agent, null, () => send(agent.envelope(command, [])));
    expect(waits).toMatchObject({ outcome: "pending", have: 0, need: 1 });
    expect(agent.domain.keystore.counts().keys).toBe(keys + 1); // the honest one after it
    expect(await agent.deliver(command, 0)).toMatchObject({ outcome: "applied" });
    expect(agent.domain.keystore.counts().keys).toBe(keys + 2);
  });

  test("row 3: one administrator's signature in its other form (r, n − s) is no second administrator", async () => {
    const key = await pair.key();
    const command = pair.propose("key.destroy", { key: key.id });
    const honest = pair.approve([command]);
    const twin = { ...honest, sig: encodeBase64url(otherForm(decodeBase64url(honest.sig))) };
    expect(twin.sig).not.toBe(honest.sig);
    for (const approvals of [[twin], [honest, twin]]) {
      const waits = await withstand(pair, "E_QUORUM", () => send(pair.envelope(command, approvals), pair));
      expect(waits).toMatchObject({ outcome: "pending", have: 1 });
    }
    expect(pair.domain.admission.find(command.hash)).toMatchObject({ have: 1, need: 2 });
    expect(pair.domain.keystore.findKey(key.id)?.state).toBe("active");
  });

  test("row 95: whoever proposes is not made another person by naming one", async () => {
    const [, grace] = pair.administrators;
    const key = await pair.key();
    const command = pair.propose("key.rotate", { key: key.id, proposer: grace?.adm ?? "" });
    const proposal = pair.approve([command], { decision: 0 });
    const bytes = pair.envelope(command, [pair.approve([command])], proposal);
    await expectRefused(pair, bytes, "E_SELF");
    expect(pair.domain.keystore.findKey(key.id)?.current).toBe(1);
  });

  test.each<[string, Parameters<PasskeyAgent["approve"]>[1], string]>([
    [
      "row 27: in another site's frame, with the site's name",
      { crossOrigin: true, topOrigin: "https://evil.example" },
      "E_ASSERT_CLIENTDATA",
    ],
    ["row 28: with a top origin and no frame", { topOrigin: "https://evil.example" }, "E_ASSERT_CLIENTDATA"],
    [
      "row 29: on a name that only begins like ours",
      { origin: "https://keys.example.com.evil.test" },
      "E_ASSERT_CLIENTDATA",
    ],
    ["row 29: on another port", { origin: "https://keys.example.com:8443" }, "E_ASSERT_CLIENTDATA"],
    ["row 29: without TLS", { origin: "http://keys.example.com" }, "E_ASSERT_CLIENTDATA"],
    ["row 30: on the dashboard, for our RP ID", { origin: "https://app.holdfast.example" }, "E_ASSERT_CLIENTDATA"],
    ["row 34: in padded base64url", { encode: paddedBase64url }, "E_ASSERT_CLIENTDATA"],
    [
      "row 34: with a member said twice",
      { rewrite: duplicateMember("origin", "https://keys.example.com") },
      "E_ASSERT_CLIENTDATA",
    ],
    [
      "row 34: with a name spelt by escapes",
      { rewrite: (text) => text.replace('"origin"', '"orig\\u0069n"') },
      "E_ASSERT_CLIENTDATA",
    ],
    ["row 34: with bytes after the counter", { tail: new Uint8Array(4) }, "E_ASSERT_RPID"],
    ["row 34: said to bring a credential", { flags: { at: true } }, "E_ASSERT_RPID"],
    [
      "row 34: with DER of the long form",
      { signature: (der) => Uint8Array.of(0x30, 0x81, der.length - 2, ...der.subarray(2)) },
      "E_ASSERT_SIG",
    ],
  ])("%s: refused by its code", async (_, knobs, code) => {
    const command = create(agent);
    await expectRefused(agent, agent.envelope(command, [agent.approve([command], knobs)]), code);
  });

  test("row 34: one as Safari writes it counts", async () => {
    const command = create(agent);
    const bytes = agent.envelope(command, [agent.approve([command], { shape: "safari" })]);
    expect(await send(bytes)).toMatchObject({ outcome: "applied" });
  });

  test("row 131: no decision, proposal or registration counts as an approval, nor any raw key's signature", async () => {
    const command = create(agent);
    const { credId } = agent.approve([command]);
    const passkey = agent.administrators[0]?.passkey ?? expect.unreachable();
    const { hash } = command;
    const said = { decision: 1, list: [hash], credId } as const;
    const proposal = { ...passkey.approve([hash], { decision: 0 }), decision: 1 } as Approval;
    const rejection = { ...passkey.approve([hash], { decision: 2 }), decision: 1 } as Approval;
    const names = { aid: agent.agent.identity.aid, inviteId: "A".repeat(22), adm: "a".repeat(26) };
    const { clientDataJSON, authData, sig } = passkey.possess(names);
    const registration = { ...said, clientDataJSON, authData, sig };
    const login = { ...said, ...passkey.get(new Uint8Array(32).fill(3)) };
    for (const approval of [proposal, rejection, registration, login])
      await expectRefused(agent, agent.envelope(command, [approval]), "E_ASSERT_CLIENTDATA");
    const key = SoftwareKey.make("EdDSA", "raw");
    for (const purpose of ["receipt", "attest", "genesis", "recover"] as const) {
      const signature = encodeBase64url(key.sign(rawSignatureBase(purpose, hash), "raw"));
      await expectRefused(agent, agent.envelope(command, [{ ...said, sig: signature }]), "E_LOCAL_ADMIN");
    }
  });
});

describe("a command in other bytes, approved as it stands", () => {
  const exp = (value: string) => (text: string) => text.replace(/"exp":\d+/, `"exp":${value}`);
  const label = (value: string) => (text: string) => text.replace('"label":"orders"', `"label":"${value}"`);
  test.each<[string, (text: string) => string, string]>([
    ["row 6: with a space", (text) => text.replace(":", ": "), "E_CANON"],
    [
      "row 6: with its members in another order",
      (text) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse())),
      "E_CANON",
    ],
    ["row 7: with a member said twice", (text) => text.replace('"act":', '"act":"key.create","act":'), "E_CANON"],
    ["row 8: with a fraction", exp("1800000000.0"), "E_CANON"],
    ["row 8: with an exponent", exp("1e0"), "E_CANON"],
    ["row 8: with a number that is rounded", exp("9007199254740993"), "E_CANON"],
    ["row 8: with minus nothing", exp("-0"), "E_CANON"],
    ["row 9: with __proto__", (text) => text.replace('"args":{', '"args":{"__proto__":{"owned":1},'), "E_ARGS"],
    ["row 9: with constructor", (text) => text.replace('"args":{', '"args":{"constructor":{"owned":1},'), "E_ARGS"],
    ["row 10: with half a character", label("\\ud800"), "E_CANON"],
    ["row 10: with text that turns direction", label("or\u202eders"), "E_CANON"],
    ["row 10: with a character of no width", label("or\u200bders"), "E_CANON"],
    [
      "row 11: with a member that nobody knows",
      (text) => text.replace('"issued":', '"force":true,"issued":'),
      "E_SCHEMA",
    ],
    ["row 12: of an unknown act", (text) => text.replace('"key.create"', '"key.conjure"'), "E_UNSUPPORTED"],
    ["row 12: of another version", (text) => text.replace('"ver":1', '"ver":2'), "E_UNSUPPORTED"],
    ["row 12: of another type", (text) => text.replace('"typ":"cmd"', '"typ":"roster"'), "E_UNSUPPORTED"],
  ])("%s: refused by its code", async (_, change, code) => {
    const command = rewritten(change);
    expect(command.doc).not.toBe(built(encodeCommand(command.command), command.command).doc);
    await expectRefused(agent, approved(agent, command), code);
    expect(({} as { owned?: number }).owned).toBeUndefined();
  });
});

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The second ECDSA signature that fits where one does. */
function otherForm(der: Uint8Array): Uint8Array {
  const r = der.subarray(4, 4 + (der[3] ?? 0));
  const s = BigInt(`0x${Buffer.from(der.subarray(6 + r.length)).toString("hex")}`);
  let hex = (P256_ORDER - s).toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  const bytes = Buffer.from(/^[89a-f]/.test(hex) ? `00${hex}` : hex, "hex");
  return Uint8Array.of(0x30, 4 + r.length + bytes.length, 2, r.length, ...r, 2, bytes.length, ...bytes);
}
