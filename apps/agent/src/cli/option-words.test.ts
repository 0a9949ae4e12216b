import { describe, expect, it, test } from "vitest";
import { readArguments } from "./arguments.ts";
import { backupPolicy } from "./backup-policy.ts";
import type { Command, CommandContext } from "./command.ts";
import { COMMANDS } from "./command-table.ts";
import { readGrant } from "./grant-words.ts";
import { algorithmCalled, keyCreate } from "./key-create.ts";
import { scheduleCommands } from "./schedule.ts";
import { CommandLineRun } from "./testing/command-line-run.ts";

/** What a command says before it asks anybody. */
async function saidOf(command: Command, words: readonly string[]) {
  const context = { args: readArguments(words, command.options, "x") } as unknown as CommandContext;
  const error = await (async () => command.run(context))().then(
    () => null,
    (thrown: { code: string; message: string; next: string }) => thrown,
  );
  return { code: error?.code, text: `${error?.message} ${error?.next}` };
}

describe("an option out of its range is named as it was typed, with the range", () => {
  const schedule = ["orders", "--do", "rotate", "--every"];
  it.each([
    ["backup policy --every", backupPolicy, ["--directory", "/b", "--every", "PT1H"], /--every PT1H.*P1D to P366D/],
    ["backup policy --keep", backupPolicy, ["--directory", "/b", "--keep", "0"], /--keep 0.*1 to 1000/],
    ["backup policy --keep-days", backupPolicy, ["--directory", "/b", "--keep-days", "9999"], /--keep-days.*0 to 3650/],
    ["schedule set --every", scheduleCommands["schedule set"], [...schedule, "PT1H"], /--every PT1H.*P1D to P3650D/],
    ["key create, nothing", keyCreate, ["--name", "a", "--cryptoperiod", "P0D"], /P0D is shorter.*P1D to P3650D/],
    ["key create, too much", keyCreate, ["--name", "a", "--cryptoperiod", "P99999999D"], /longer.*P1D to P3650D/],
    ["no duration", keyCreate, ["--name", "a", "--cryptoperiod", "1y"], /1y is not a duration.*P90D/],
    ["a time that is none", keyCreate, ["--name", "a", "--activate", "soon"], /--activate soon is no time.*2027/],
    ["a day that is not", keyCreate, ["--name", "a", "--activate", "2027-02-31T03:00Z"], /02-31T03:00Z is no time/],
    ["a day that is not", keyCreate, ["--name", "a", "--deactivate", "2027-02-29T03:00Z"], /--deactivate.*is no time/],
    ["an hour that is not", keyCreate, ["--name", "a", "--protect-stop", "2027-01-31T24:00Z"], /24:00Z is no time/],
    ["an offset that is none", keyCreate, ["--name", "a", "--activate", "2027-01-31T03:00+25:00"], /is no time/],
    [
      "a first run",
      scheduleCommands["schedule set"],
      [...schedule, "P90D", "--first", "2027-02-30T03:00Z"],
      /--first 2/,
    ],
    ["a time of no zone", keyCreate, ["--name", "a", "--activate", "2027-01-31T03:00"], /no zone.*UTC.*offset.*03:00Z/],
    ["a day alone", scheduleCommands["schedule set"], [...schedule, "P90D", "--first", "2027-01-31"], /no zone.*UTC/],
    ["a limit that is none", keyCreate, ["--name", "a", "--limit", "0"], /--limit 0 is no number/],
    ["a name of two lines", keyCreate, ["--name", "a\nb"], /--name has characters.*line breaks/],
    ["a name of nothing but spaces", keyCreate, ["--name", "   "], /--name is nothing but spaces/],
    ["a name with a space at its end", keyCreate, ["--name", "x "], /spaces at its ends/],
    ["a name of a space that does not break", keyCreate, ["--name", "\u00a0"], /spaces at its ends/],
    ["a name that shows nothing", keyCreate, ["--name", "\u2800"], /spaces at its ends/],
    ["a name that turns letters round", keyCreate, ["--name", "a\u202eb"], /--name has characters/],
    ["a name too long", keyCreate, ["--name", "a".repeat(129)], /--name has 129 characters; 128/],
    ["a reason of two lines", keyCreate, ["--name", "a", "--reason", "a\nb"], /--reason has characters/],
  ] as const)("%s", async (_, command, words, said) => {
    const { code, text } = await saidOf(command, words);
    expect(code).toBe("E_USAGE");
    expect(text).toMatch(said);
    expect(text).not.toMatch(/Sec|items|args|deceive and look/);
  });
});

describe("what was typed twice, or with nothing, is said so", () => {
  const refusal = (...words: string[]) => {
    try {
      return readArguments(words, keyCreate.options, "key create").name("name");
    } catch (cause) {
      return (cause as Error).message;
    }
  };
  it.each([
    [
      "an option of one value",
      ["--name", "a", "--algorithm", "AES-256", "--algorithm", "AES-128"],
      "--algorithm is given twice; it takes one value.",
    ],
    ["a name of nothing", ["--name", ""], "--name is empty."],
    ["no name", [], "--name is missing."],
    [
      "a value that begins with a dash",
      ["--name", "a", "--limit", "-5"],
      "--limit has no value; one that begins with a dash is written --limit=-5.",
    ],
    ["an option that is none", ["--nothing"], "Unknown option '--nothing'."],
  ] as const)("%s", (_, words, said) => {
    expect(refusal(...words)).toBe(said);
  });

  test("an option of several values is given as often as one likes", () => {
    const specs = { grant: { type: "string", multiple: true } } as const;
    expect(readArguments(["--grant", "a", "--grant", "b"], specs, "x").all("grant")).toEqual(["a", "b"]);
  });

  test("an operation that no grant has, with those that there are", () => {
    expect(() => readGrant("read on all")).toThrow(/"read" is no operation of a grant; they are .*decrypt.*/);
  });
});

test("a time is the same second wherever the command is typed, by Z, by an offset and as times are shown", () => {
  const said = (text: string) => readArguments(["--at", text], { at: { type: "string" } }, "x").time("at");
  const zone = process.env.TZ;
  try {
    for (const place of ["America/New_York", "Asia/Kathmandu", "UTC"]) {
      process.env.TZ = place;
      for (const text of [
        "2027-01-31T03:00Z",
        "2027-01-31T03:00:00.5Z",
        "2027-01-31T05:30+02:30",
        "2027-01-31 03:00 UTC",
      ])
        expect(said(text), text).toBe(Date.UTC(2027, 0, 31, 3) / 1000);
      expect(said("2028-02-29T23:59:59-00:00")).toBe(Date.UTC(2028, 1, 29, 23, 59, 59) / 1000);
    }
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test("an algorithm goes by the names that the field has for it, and by no other", () => {
  for (const [given, name] of [
    ["secp256k1", "EC-secp256k1"],
    ["P-256", "EC-P256"],
    ["prime256v1", "EC-P256"],
    ["ec-p384", "EC-P384"],
    ["aes256", "AES-256"],
    ["HMAC-SHA-256", "HMAC-SHA256"],
    ["ed25519", "Ed25519"],
    ["mldsa65", "ML-DSA-65"],
  ])
    expect(algorithmCalled(given as string), given).toBe(name);
  for (const none of ["RSA-1024", "AES", "256", "", "ec", "prime192v1"]) expect(algorithmCalled(none), none).toBeNull();
});

test("help of a group shows that group's commands and no others", { timeout: 30_000 }, async () => {
  const line = new CommandLineRun();
  const { code, stdout } = await line.run("key", "--help");
  await line.close();
  expect(code).toBe(0);
  for (const { name } of COMMANDS) expect(stdout.includes(`  ${name} `), name).toBe(name.startsWith("key "));
});

test("a hash that begins with a dash is a word and a value like any other, and an unknown option of its length is none", () => {
  const options = { out: { type: "string" }, bundle: { type: "string", multiple: true } } as const;
  for (const hash of [`-${"zT".repeat(21)}`, `--${"zT".repeat(20)}a`]) {
    const args = readArguments([hash, "--out", hash, "--bundle", hash, hash], options, "x");
    expect(args.positionals).toEqual([hash, hash]);
    expect(args.find("out")).toBe(hash);
    expect(args.all("bundle")).toEqual([hash]);
  }
  expect(() => readArguments([`-${"z".repeat(41)}`], options, "x")).toThrow(/Unknown option/);
});
