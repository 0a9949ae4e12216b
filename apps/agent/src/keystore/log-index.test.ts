import { type BuiltCommand, commandHash, encodeBase64url, encodeCommand } from "@holdfast/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { create } from "../admission/testing/attack.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";

let agent: PasskeyAgent;
beforeAll(async () => {
  agent = await PasskeyAgent.found();
});
afterAll(() => agent.close());

/** A command whose hash begins so: one in four thousand does by chance, and whoever proposes can look for one. */
function commandNamed(prefix: string): BuiltCommand {
  const { command } = create(agent);
  for (let count = 0; ; count += 1) {
    const nonce = encodeBase64url(Uint8Array.from({ length: 16 }, (_, at) => (at < 4 ? (count >> (at * 8)) & 255 : 0)));
    const bytes = encodeCommand({ ...command, nonce });
    const hash = commandHash(bytes);
    if (hash.startsWith(prefix)) return { command, bytes, doc: encodeBase64url(bytes), hash };
  }
}

test.each(["k_", "c_"])(
  "a command that ended undone names no object, though its hash begins with %s",
  async (prefix) => {
    const command = commandNamed(prefix);
    await agent.domain.admission.deliver(agent.envelope(command, []), "mailbox");
    const no = agent.envelope(command, [agent.approve([command], { decision: 2 })]);
    expect(await agent.domain.admission.deliver(no, "mailbox")).toMatchObject({ outcome: "cancelled" });
    const objects = () => [...agent.domain.keystore.keys(), ...agent.domain.keystore.clients()].map(({ id }) => id);
    expect(objects()).toEqual([]);
    await agent.restart();
    expect(objects()).toEqual([]);
    expect(agent.domain.keystore.lockedObjects()).toEqual([]);
  },
);
