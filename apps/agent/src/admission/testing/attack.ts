import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type BuiltCommand, type Command, commandHash, encodeBase64url, encodeCommand } from "@holdfast/protocol";
import { expect } from "vitest";
import { newKey, type PasskeyAgent } from "./passkey-agent.ts";

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
  const state = () => JSON.stringify([...agent.domain.keystore.keys()]);
  const before = { state: state(), size: agent.domain.log.size, counted: agent.counted(code) };
  const decided = await agent.domain.admission.deliver(bytes, "mailbox");
  expect(decided).toMatchObject({ outcome: "refused", code });
  expect(state()).toBe(before.state);
  const written = agent.kinds(before.size).filter((kind) => kind !== "clock");
  expect(written.filter((kind) => kind !== "command.refused")).toEqual([]);
  expect(written.length + agent.counted(code) - before.counted).toBe(1);
  expect(await agent.apply("key.create", { args: { items: [newKey()] } })).toMatchObject({ outcome: "applied" });
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
