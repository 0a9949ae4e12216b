import { describe, expect, test } from "vitest";
import { MemoryStorage } from "../testing/memory-storage.ts";
import { findPin, forgetPin, type Pin, writePin } from "./pin.ts";

const PIN: Pin = { tid: "t", roster: { seq: 0, hash: "h" }, checkpoint: { size: 3, root: "r" }, comparedAt: 9 };

describe("a pin", () => {
  test("is kept for its environment alone, and forgotten when asked", () => {
    const storage = new MemoryStorage();
    writePin("one", PIN, storage);
    expect(findPin("one", storage)).toEqual(PIN);
    expect(findPin("two", storage)).toBeNull();
    forgetPin("one", storage);
    expect(findPin("one", storage)).toBeNull();
  });

  test.each(["", "null", "{}", "[]", '{"tid":1}', JSON.stringify({ ...PIN, roster: { seq: "0", hash: "h" } })])(
    "that is not one is none: %s",
    (text) => {
      const storage = new MemoryStorage();
      storage.setItem("holdfast.pin.one", text);
      expect(findPin("one", storage)).toBeNull();
    },
  );
});
