import { afterEach, beforeEach, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import type { ClientRecord } from "../keystore/records.ts";

let agent: PasskeyAgent;
beforeEach(async () => {
  agent = await PasskeyAgent.found();
});
afterEach(() => agent.close());

const grant = (...ops: string[]) => [{ ops, keys: { kind: "group", id: "default" } }];

async function enrolled(): Promise<ClientRecord> {
  const auth = { kind: "issued", validitySec: 86_400 };
  const { outcome } = await agent.apply("client.enrol", { args: { label: "shop", auth, grants: grant("encrypt") } });
  expect(outcome).toBe("applied");
  return [...agent.domain.keystore.clients()][0] ?? expect.unreachable();
}
const update = (client: ClientRecord, ...ops: string[]) =>
  agent.propose("client.update", { client: client.id, args: { grants: grant(...ops) } });
const tried = (work: () => unknown) => {
  try {
    work();
    return "done";
  } catch (cause) {
    return (cause as { code: string }).code;
  }
};

test("what a client may do is changed at the next request, and who it is stays", async () => {
  const key = await agent.key();
  const client = await enrolled();
  const ask = () => {
    const { operations } = agent.domain;
    const caller = { client: operations.identify(client.auth.spki), from: "here" };
    const encrypt = () => operations.encrypt(caller, { name: key.id }, { plaintext: Buffer.from("x") });
    const decrypt = () => operations.decrypt(caller, { ciphertext: sealed });
    return [tried(encrypt), tried(decrypt)];
  };
  const { ciphertext: sealed } = agent.domain.operations.encrypt(
    { client, from: "here" },
    { name: key.id },
    { plaintext: Buffer.from("x") },
  );
  expect(ask()).toEqual(["done", "E_GRANT"]);
  expect(await agent.deliver(update(client, "decrypt"), 0)).toMatchObject({ outcome: "applied" });
  expect(ask()).toEqual(["E_GRANT", "done"]);
  const after = agent.domain.keystore.findClient(client.id);
  expect(after).toEqual({ ...client, grants: grant("decrypt"), leaf: after?.leaf });
  expect(agent.kinds(agent.domain.log.size - 1)).toEqual(["client.update"]);
});

test("of two changes that were proposed on the same state, the second is refused", async () => {
  const client = await enrolled();
  const [one, two] = [update(client, "decrypt"), update(client, "sign")];
  expect(await agent.deliver(one, 0)).toMatchObject({ outcome: "applied" });
  expect(await agent.deliver(two, 0)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
  expect(agent.domain.keystore.findClient(client.id)?.grants).toEqual(grant("decrypt"));
});

test("a withdrawn client is allowed nothing again", async () => {
  const client = await enrolled();
  await agent.apply("client.revoke", { client: client.id });
  expect(await agent.deliver(update(client, "decrypt"), 0)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
  expect(agent.domain.keystore.findClient(client.id)).toMatchObject({ state: "revoked", grants: grant("encrypt") });
});

test("a client that was withdrawn after a change was proposed stays so, and the withdrawal is not in the way of itself", async () => {
  const client = await enrolled();
  const waiting = update(client, "decrypt");
  expect(await agent.apply("client.revoke", { client: client.id })).toMatchObject({ outcome: "applied" });
  expect(await agent.deliver(waiting, 0)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
});
