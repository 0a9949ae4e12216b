import { FakeClock } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { KeyRecord } from "../keystore/records.ts";
import type { Caller } from "../operations/caller.ts";
import { callerWith } from "../operations/testing/caller-with.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";

const DAY = 86_400;
let clock: FakeClock;
let domain: TestDomain;
let app: Caller;
beforeAll(async () => {
  clock = new FakeClock();
  domain = await openTestDomain({ clock });
  app = await callerWith(domain, { ops: ["encrypt", "decrypt"], keys: { kind: "all" } });
});
afterAll(() => domain.close());

const act = (name: string, key: string) => domain.admission.act({ act: name, args: {}, key, reason: "", wait: false });
const seal = (key: KeyRecord) => domain.operations.encrypt(app, { name: key.id }, { plaintext: new Uint8Array(3) });
/** Decrypts; the code of its refusal where it is refused. */
function opens(ciphertext: Buffer): string {
  try {
    domain.operations.decrypt(app, { ciphertext });
    return "opens";
  } catch (error) {
    return String((error as { code: string }).code);
  }
}
/** Time passes, and the door has noticed: it reads the clock four times a second. */
async function pass(seconds: number): Promise<void> {
  clock.advance(seconds);
  await vi.waitFor(() => expect(domain.operations.now).toBe(clock.now()));
}
function seals(key: KeyRecord): string {
  try {
    return String(seal(key).version);
  } catch (error) {
    return String((error as { code: string }).code);
  }
}

describe("a suspended key", () => {
  test.each(["key.deactivate", "key.compromise"])("stays closed after %s, until it is resumed", async (ending) => {
    const key = domain.createKey();
    const { ciphertext } = seal(key);
    await act("key.suspend", key.id);
    expect((await act(ending, key.id)).outcome).toBe("applied");
    expect(opens(ciphertext)).toBe("E_KEY_STATE");
    expect((await act("key.resume", key.id)).outcome).toBe("applied");
    expect(opens(ciphertext)).toBe("opens");
    expect(seals(key)).toBe("E_KEY_STATE");
    expect((await act("key.resume", key.id)).code).toBe("E_PRESTATE");
  });

  test("that its planned date retires stays closed too", async () => {
    const key = domain.createKey();
    const { ciphertext } = seal(key);
    domain.keystore.replaceKey({
      ...(domain.keystore.findKey(key.id) as KeyRecord),
      dates: { ...key.dates, deactivation: clock.now() + 5 },
    });
    await act("key.suspend", key.id);
    await pass(10);
    domain.operations.sweep();
    expect(domain.keystore.findKey(key.id)?.state).toBe("deactivated");
    expect(opens(ciphertext)).toBe("E_KEY_STATE");
  });
});

test("a key that would remind of its rotation after it has stopped protecting is not made", async () => {
  const item = { label: "late", algorithm: "AES-256", usage: ["encrypt"], group: "default", extractable: false };
  const make = async (cryptoperiodSec: number) => {
    const args = { items: [{ ...item, cryptoperiodSec, originatorSec: 2 * DAY }] };
    return await domain.admission.act({ act: "key.create", args, reason: "", wait: false });
  };
  expect(await make(3 * DAY)).toMatchObject({ outcome: "refused", code: "E_ARGS" });
  expect(await make(2 * DAY)).toMatchObject({ outcome: "applied" });
});

test("the periods of a version end at their second, and a rotation begins them anew", async () => {
  const item = {
    label: "periods",
    algorithm: "AES-256",
    usage: ["encrypt", "decrypt"],
    group: "default",
    extractable: false,
  };
  const args = { items: [{ ...item, originatorSec: DAY, recipientSec: 3 * DAY }] };
  const { keys } = await domain.admission.act({ act: "key.create", args, reason: "", wait: false });
  const key = domain.keystore.findKey(keys?.[0]?.keyId ?? "") as KeyRecord;
  const first = seal(key).ciphertext;
  await pass(DAY - 1);
  expect(seals(key)).toBe("1");
  await pass(1);
  expect(seals(key)).toBe("E_KEY_STATE");
  expect(opens(first)).toBe("opens");
  await act("key.rotate", key.id);
  expect(seals(key)).toBe("2");
  const second = seal(key).ciphertext;
  await pass(2 * DAY - 1);
  expect(opens(first)).toBe("opens");
  await pass(1);
  expect(opens(first)).toBe("E_KEY_STATE");
  expect(opens(second)).toBe("opens");
});
