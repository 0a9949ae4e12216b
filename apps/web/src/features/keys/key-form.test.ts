import { describe, expect, test } from "vitest";
import { createRequest, EMPTY_KEY, keyFormError } from "./key-form.ts";

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
