import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KeyRecord } from "../keystore/records.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { keyNamed } from "./keys-named.ts";

let domain: TestDomain;
beforeAll(async () => {
  domain = await openTestDomain();
});
afterAll(() => domain.close());

const found = (word: string) => {
  try {
    return keyNamed(word, domain.keystore)?.id ?? null;
  } catch (cause) {
    return cause as { code: string; message: string; next: string };
  }
};
/** A key of an older log, which had such a name before names were held against aliases and ids. */
const named = (label: string): KeyRecord => {
  const key = { ...domain.createKey(), label };
  domain.keystore.replaceKey(key);
  expect([...domain.keystore.keys()].filter((each) => each.label === label)).toHaveLength(1);
  return key;
};

describe("the key that a person means", () => {
  test("by an alias is the one that has it, in whatever group", () => {
    const { id } = domain.createKey({ group: "payments", alias: "alias/cards" });
    expect(found("alias/cards")).toBe(id);
  });

  test("is none by an alias or an id that another has for its name", () => {
    named("alias/three");
    const id = `k_${"a".repeat(26)}`;
    named(id);
    expect([found("alias/three"), found(id)]).toEqual([null, null]);
  });

  test("by an alias of several groups is asked for by id: each is named with its group", () => {
    const one = domain.createKey({ group: "default", alias: "alias/twice" });
    const two = domain.createKey({ group: "payments", alias: "alias/twice" });
    expect(found("alias/twice")).toMatchObject({ code: "E_AMBIGUOUS", next: expect.stringContaining("id") });
    for (const { id, group } of [one, two])
      expect(found("alias/twice")).toMatchObject({ message: expect.stringContaining(`${id} (group ${group})`) });
  });

  test("by a destroyed key's alias is no other key: what it was is said", () => {
    const gone = domain.createKey({ label: "ledger", alias: "alias/gone" });
    domain.keyTo(gone.id, "key.deactivate", "key.destroy");
    named("alias/gone");
    expect(found("alias/gone")).toMatchObject({
      code: "E_PRESTATE",
      message: `The alias alias/gone was that of ledger (${gone.id}), which is destroyed.`,
    });
  });

  test("by an alias is still the living key's when the destroyed one that had it is found to be compromised", () => {
    const gone = domain.createKey({ alias: "alias/passed-on" });
    domain.keyTo(gone.id, "key.deactivate", "key.destroy");
    const heir = domain.createKey({ alias: "alias/passed-on" });
    domain.keyTo(gone.id, "key.compromise");
    expect(found("alias/passed-on")).toBe(heir.id);
  });
});
