import { expect, test } from "vitest";
import { object, optional, text } from "./schema.ts";

const name = text(/^[a-z]+$/, "a name");

test("a member that does not exist is refused as such, with those that do, and not as a value that nobody knows", () => {
  const schema = object({ key: name, client: optional(name), place: object({ at: name }) });
  const refusal = (value: unknown) => {
    try {
      return schema.read(value, "");
    } catch (error) {
      return error;
    }
  };
  expect(refusal({ key: "a", place: { at: "b" } })).toEqual({ key: "a", place: { at: "b" } });
  expect(refusal({ keyId: "a" })).toMatchObject({
    code: "E_SCHEMA",
    message: 'There is no member "keyId" in the body: it takes key, client, place.',
    detail: { path: "keyId" },
  });
  expect(refusal({ key: "a", place: { to: "b" } })).toMatchObject({
    message: 'There is no member "to" in place: it takes at.',
    detail: { path: "place.to" },
  });
});
