import { expect, test } from "vitest";
import { readArguments } from "./arguments.ts";
import { keyFromWords, RECOVERY_WORDS_OPTIONS } from "./recovery-text.ts";
import { compareText } from "./witness.ts";

const fork = { kind: "fork", size: 4, own: 9 } as const;

test("witness compare says of a fork that changes are locked only where they are", () => {
  expect(compareText({ ...fork, locked: true })).toContain("Changes are locked");
  expect(compareText({ ...fork, locked: false })).toContain("Changes are not locked");
});

test("an environment without a replacement key is said to have none before anybody is asked for 24 words", async () => {
  const args = readArguments(["--words-file", "/nowhere"], RECOVERY_WORDS_OPTIONS, "recover practice");
  await expect(keyFromWords(args, [])).rejects.toMatchObject({
    code: "E_WORDS",
    message: expect.stringContaining("has no replacement key"),
  });
});
