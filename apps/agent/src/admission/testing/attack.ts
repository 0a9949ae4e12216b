import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type BuiltCommand, type Command, commandHash, encodeBase64url, encodeCommand } from "@holdfast/protocol";
import { expect } from "vitest";
import { newKey, type PasskeyAgent } from "./passkey-agent.ts";
import { withstand } from "./withstand.ts";

/** A command of these bytes, whatever they are. Tests only. */
export function built(bytes: Uint8Array<ArrayBuffer>, command: Command): BuiltCommand {
  return { command, bytes, doc: encodeBase64url(bytes), hash: commandHash(bytes) };
}

/** A command that no honest builder builds. Tests only. */
export function changed(of: BuiltCommand, change: (command: Command) => Command): BuiltCommand {
  const command = change(of.command);
  return built(encodeCommand(command), command);
}

/** A command that makes a key. Tests only. */
export function create(agent: PasskeyAgent): BuiltCommand {
  return agent.propose("key.create", { args: { items: [newKey()] } });
}

/** An envelope whose approval is over exactly these bytes: only the bytes are wrong. Tests only. */
export function approved(agent: PasskeyAgent, command: BuiltCommand): Uint8Array {
  return agent.envelope(command, [agent.approve([command])]);
}

/**
 * Delivers it; sees the refusal on record under its code, all keys as before, and the next honest command obeyed. Tests
 * only.
 */
export async function expectRefused(agent: PasskeyAgent, bytes: Uint8Array, code: string): Promise<void> {
  const { size } = agent.domain.log;
  const counted = agent.counted(code);
  await withstand(agent, code, async () => {
    const decided = await agent.domain.admission.deliver(bytes, "mailbox");
    expect(decided).toMatchObject({ outcome: "refused", code, what: expect.any(String), next: expect.any(String) });
    const entries = agent.kinds(size).filter((kind) => kind === "command.refused").length;
    expect(entries + agent.counted(code) - counted).toBe(1);
  });
}

/** Enrols a client and gives what it encrypts with. Tests only. */
export async function encrypter(agent: PasskeyAgent, validitySec = 30 * 86_400): Promise<(keyId: string) => unknown> {
  const grants = [{ ops: ["encrypt", "decrypt"], keys: { kind: "all" } }];
  await agent.apply("client.enrol", { args: { label: "shop", auth: { kind: "issued", validitySec }, grants } });
  const { auth } = [...agent.domain.keystore.clients()].at(-1) ?? expect.unreachable();
  return (name) => {
    const { operations } = agent.domain;
    const caller = { client: operations.identify(auth.spki), from: "127.0.0.1" };
    return operations.encrypt(caller, { name }, { plaintext: Buffer.from("secret") });
  };
}

/** What somebody does who can write an agent's store while it does not run. Tests only. */
export function editStore(agent: PasskeyAgent, sql: string): void {
  const store = new DatabaseSync(join(agent.dataDirectory, "agent.db"));
  store.exec(sql);
  store.close();
}
