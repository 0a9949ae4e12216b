import { usagesOf } from "@holdfast/crypto";
import { isKeyPairAlgorithm } from "@holdfast/protocol";
import { livedLedger } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { createRequest, EMPTY_KEY, type KeyForm, keyFormError } from "./key-form.ts";
import { advisedFor, originatorOptions, recipientOptions } from "./key-form-periods.ts";
import { KEY_PURPOSES, PURPOSES, type Purpose, usageFor } from "./key-purposes.ts";

const form = { ...EMPTY_KEY, label: "orders-db" };

describe("the form of a new key", () => {
  test("is right with a name and the usual", () => {
    expect(Object.values(keyFormError(form)).filter(Boolean)).toEqual([]);
    expect(createRequest(form)).toMatchObject({ act: "key.create", args: { items: [{ label: "orders-db" }] } });
  });

  test.each(["label", "reason"] as const)("says at the field that its %s holds what nobody can see", (field) => {
    expect(keyFormError({ ...form, [field]: "a\u200bb" })[field]).toMatch(/nobody can see/);
  });

  test("says of what is too long that it is, not that its form is wrong", () => {
    expect(keyFormError({ ...form, group: "g".repeat(64) }).group).toBe("At most 63 characters.");
    expect(keyFormError({ ...form, alias: `alias/${"a".repeat(201)}` }).alias).toBe(
      "At most 200 characters after alias/.",
    );
    expect(keyFormError({ ...form, group: "g".repeat(63), alias: `alias/${"a".repeat(200)}` })).toMatchObject({
      group: null,
      alias: null,
    });
  });
});

describe("a key's periods and place", () => {
  test("are asked of the key server as they were chosen, and not at all where nothing ends", () => {
    const [item] = argsOf(form);
    expect(item).not.toHaveProperty("originatorSec");
    expect(item).not.toHaveProperty("store");
    const years = (count: number) => String(count * 365 * 86_400);
    const chosen = { ...form, originator: years(2), recipient: years(5), store: "hsm" } as const;
    expect(argsOf(chosen)).toMatchObject([
      { originatorSec: Number(years(2)), recipientSec: Number(years(5)), store: "hsm", extractable: false },
    ]);
    livedLedger().domain.propose(createRequest(chosen));
  });

  test("are refused where they contradict each other, and not where one ends with the other", () => {
    const days = (count: number) => String(count * 86_400);
    const wrong = (period: string, originator: string, recipient: string) =>
      keyFormError({ ...form, period, originator, recipient }).periods;
    expect(wrong(days(365), days(90), "")).toMatch(/remind after it has stopped protecting/);
    expect(wrong("", days(90), days(89))).toMatch(/opens at least as long as it protects/);
    expect(wrong("", "", days(90))).toMatch(/opens at least as long as it protects/);
    expect(wrong(days(90), days(90), days(90))).toBeNull();
    expect(wrong(days(365), "", "")).toBeNull();
    expect(wrong("", days(90), "")).toBeNull();
  });

  test("offer what SP 800-57 advises for that kind of key, and no opening that is shorter than protecting", () => {
    const advised = advisedFor(form);
    expect(originatorOptions(advised).filter(([, text]) => text.includes("SP 800-57"))).toHaveLength(1);
    const [shortest] = recipientOptions(advised, String(730 * 86_400)).slice(1);
    expect(Number(shortest?.[0])).toBe(730 * 86_400);
    const wrapping = advisedFor({ ...form, purpose: "sign", algorithm: "EC-P256" });
    expect(originatorOptions(wrapping).find(([, text]) => text.includes("SP 800-57"))?.[1]).toMatch(/^3 years/);
  });
});

function argsOf(from: KeyForm) {
  const { act, args } = createRequest(from);
  return act === "key.create" ? args.items : [];
}

const CHOICES = PURPOSES.flatMap(({ value }) =>
  KEY_PURPOSES[value].algorithms.map(([algorithm]) => [value, algorithm] as const),
);

describe("a key for a purpose", () => {
  test.each(CHOICES)(
    "to %s, of %s, is one that a command carries and whose algorithm does what it says",
    (purpose, algorithm) => {
      const { command } = livedLedger().domain.propose(createRequest({ ...form, purpose, algorithm }));
      const usage = usageFor(purpose, algorithm);
      expect(command.act === "key.create" && command.args.items).toMatchObject([{ algorithm }]);
      const types = isKeyPairAlgorithm(algorithm)
        ? (["private-key", "public-key"] as const)
        : (["symmetric-key"] as const);
      expect(types.flatMap((type) => usagesOf(algorithm, type))).toEqual(expect.arrayContaining([...usage]));
    },
  );

  test.each(["encrypt", "sign", "wrap", "mac", "agree"] satisfies Purpose[])(
    "to %s has one that is recommended, the first",
    (purpose) => {
      const said = KEY_PURPOSES[purpose].algorithms.map(([, text]) => text.startsWith("recommended"));
      expect(said).toEqual(said.map((_, index) => index === 0));
    },
  );
});
