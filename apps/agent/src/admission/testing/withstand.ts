import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { Domain } from "../../domain.ts";
import type { TestDomain } from "../../operations/testing/open-test-domain.ts";
import { newKey, type PasskeyAgent } from "./passkey-agent.ts";

/** SHA-256 over all that an agent holds of keys, clients and the domain itself. Tests only. */
function keyStateHash({ keystore }: Pick<Domain, "keystore">): string {
  const clients = [...keystore.clients()];
  const rules = clients.map(({ id }) => keystore.findRules(id));
  const held = [[...keystore.keys()], clients, rules, keystore.domain(), keystore.lockedObjects()];
  return createHash("sha256").update(JSON.stringify(held)).digest("base64url");
}

/**
 * Runs an attack on an agent and sees what must come of each: keys, clients and domain as before, the refusal on record
 * under its code, nothing else written but that, and the next honest command obeyed. Tests only.
 *
 * @param code - Under which the attack is refused; null for one that is answered without being refused, such as a replay,
 *   and where what refuses keeps no count.
 * @param obeys - Sees the next honest command obeyed, where that is not the making of a key.
 * @returns what the attack brought back
 */
export async function withstand<T>(
  target: PasskeyAgent | TestDomain,
  code: string | null,
  attack: () => T | Promise<T>,
  obeys: () => Promise<unknown> = () => expectObeys(target),
): Promise<T> {
  const before = {
    state: keyStateHash(domainOf(target)),
    size: domainOf(target).log.size,
    counted: counted(target, code),
  };
  const brought = await attack();
  const domain = domainOf(target);
  expect(keyStateHash(domain)).toBe(before.state);
  const written = domain.log
    .entries(before.size, 1_000)
    .map(({ leaf }) => JSON.parse(Buffer.from(leaf, "base64url").toString("utf8")) as { kind: string; code?: string })
    .filter(({ kind }) => !HOST_EVENTS.has(kind));
  for (const { kind, code: under } of written) expect([kind, under]).toEqual(["command.refused", code]);
  if (code !== null) expect(written.length + counted(target, code) - before.counted).toBeGreaterThanOrEqual(1);
  await obeys();
  return brought;
}

/** Sees the next honest command obeyed. Tests only. */
export async function expectObeys(target: PasskeyAgent | TestDomain): Promise<void> {
  const { keys } = domainOf(target).keystore.counts();
  const args = { items: [newKey()] };
  const decided =
    "administrators" in target
      ? target.apply("key.create", { args })
      : target.admission.act({ act: "key.create", args, reason: "", wait: false });
  expect(await decided).toMatchObject({ outcome: "applied" });
  expect(domainOf(target).keystore.counts().keys).toBe(keys + 1);
}

/** What a host writes of itself while an attack has it restart, or turns its clock. */
const HOST_EVENTS: ReadonlySet<string> = new Set(["clock", "agent.start", "agent.unseal"]);

function domainOf(target: PasskeyAgent | TestDomain): Domain {
  return "administrators" in target ? target.domain : target;
}

function counted({ agent }: PasskeyAgent | TestDomain, code: string | null): number {
  const counts = agent.refusals.all().filter((each) => each.code === code);
  return counts.reduce((sum, { count }) => sum + count, 0);
}
