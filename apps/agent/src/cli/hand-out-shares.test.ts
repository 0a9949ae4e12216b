import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { initAgent } from "../init-agent.ts";
import { handOutShares, requirePlaceForShares, showShare } from "./hand-out-shares.ts";

const words = Array.from({ length: 24 }, (_, at) => `word${"abcdefghijklmnopqrstuvwx"[at]}`);
const GIVEN = { shares: [1, 2, 3].map((index) => `${index} ${words.join(" ")}`), set: "0a1b2c3d", about: "Of one." };

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "holdfast-hand-out-"));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe("shares in files", () => {
  test("are one private file for each custodian, with the set they are of", async () => {
    const files = await handOutShares(GIVEN, join(base, "new"));
    expect(files).toEqual([1, 2, 3].map((at) => join(base, "new", `share-${at}.txt`)));
    for (const file of files) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, "utf8")).toMatch(/^Share \d of 3, set 0a1b2c3d\. Of one\.\n/);
    }
  });

  test("are refused before any is made where one is in the way, and leave no other when one cannot be written", async () => {
    const taken = join(base, "share-2.txt");
    writeFileSync(taken, "mine");
    expect(() => requirePlaceForShares(base, 3)).toThrowError(expect.objectContaining({ code: "E_FILE" }));
    requirePlaceForShares(base, 1);
    await expect(handOutShares(GIVEN, base)).rejects.toMatchObject({ code: "E_FILE" });
    expect([readdirSync(base), readFileSync(taken, "utf8")]).toEqual([["share-2.txt"], "mine"]);
  });
});

test("shares for a folder that others can write are refused with what mends it", async () => {
  const open = join(base, "open");
  mkdirSync(open);
  chmodSync(open, 0o777);
  await expect(handOutShares(GIVEN, open)).rejects.toMatchObject({
    code: "E_FILE",
    message: expect.stringContaining("others can write"),
    next: expect.stringContaining(`chmod 700 ${open}`),
  });
  expect(readdirSync(open)).toEqual([]);
});

describe("shares in the data folder that they open", () => {
  test("are refused there, also through a link, dots or folders yet to be made", () => {
    const data = join(base, "data");
    mkdirSync(data);
    symlinkSync(data, join(base, "alias"));
    const refused = expect.objectContaining({ code: "E_KEK_PATH", message: expect.stringContaining("shares") });
    for (const to of [data, join(data, "a", "b"), join(base, "alias", "c"), `${base}/x/../data/c`])
      expect(() => requirePlaceForShares(to, 3, data)).toThrowError(refused);
    requirePlaceForShares(`${data}-beside`, 3, data);
    expect(readdirSync(data)).toEqual([]);
  });

  test.each(["share-2.txt", "a_1.kek", "a_1.recovery"])(
    "keep a new agent out of a folder that holds %s",
    async (name) => {
      const data = join(base, "taken");
      mkdirSync(data, { mode: 0o700 });
      writeFileSync(join(data, name), "of another");
      const init = { dataDirectory: data, keyDirectory: join(base, "keys"), name: "one", standalone: true };
      await expect(initAgent({ ...init, kek: { kind: "file" } })).rejects.toMatchObject({ code: "E_KEK_PATH" });
      expect([readdirSync(data), existsSync(join(base, "keys"))]).toEqual([[name], false]);
    },
  );
});

/** A person before a screen: `answers` gives what is typed at what was asked. */
function person(answers: (asked: string) => string | null) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let screen = "";
  let read = 0;
  output.on("data", (chunk: Buffer) => {
    screen += chunk;
    const asked = /(see the share\.|goes from the screen\.|word \d+:) $/.exec(plain(screen.slice(read)))?.[0];
    if (asked === undefined) return;
    read = screen.length;
    const typed = answers(asked);
    setImmediate(() => (typed === null ? input.end() : input.write(typed)));
  });
  return { terminal: { input, output }, screen: () => screen };
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: what moves the cursor is taken out
const plain = (text: string) => text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "");

describe("a share on the screen", () => {
  test("is on the custodian's paper before it counts: two words come back from it, and a wrong one shows it again", async () => {
    let asked = 0;
    const { terminal, screen } = person((question) => {
      const place = /word (\d+): $/.exec(question)?.[1];
      if (place === undefined) return "\r";
      asked += 1;
      return asked === 1 ? "slip\r" : ` ${words[Number(place) - 1]?.toUpperCase()} \r`;
    });
    await showShare(GIVEN, 1, terminal);
    expect(asked).toBe(4);
    const shown = plain(screen()).split("Share 2 of 3, set 0a1b2c3d.");
    expect(shown).toHaveLength(3);
  });

  test.each([
    ["Ctrl-C before it was shown", "see", "\u0003"],
    ["Ctrl-C while it is shown", "goes", "\u0003"],
    ["Ctrl-D at a word", "word", "\u0004"],
    ["a terminal that is closed", "goes", null],
  ] as const)("ends by %s, as a person's own end, and is wiped", async (_, at, key) => {
    const { terminal, screen } = person((asked) => (asked.startsWith(at) ? key : "\r"));
    await expect(showShare(GIVEN, 0, terminal)).rejects.toMatchObject({ code: "E_STOPPED" });
    const [, ...after] = screen().split("wordx");
    if (at !== "see") expect(after.at(-1)).toContain("\u001b[2J\u001b[3J\u001b[H");
  });
});
