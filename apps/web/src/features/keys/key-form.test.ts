import { usagesOf } from "@holdfast/crypto";
import { isKeyPairAlgorithm } from "@holdfast/protocol";
import { livedLedger } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { createRequest, EMPTY_KEY, keyFormError } from "./key-form.ts";
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
