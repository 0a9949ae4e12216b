import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wordsOf } from "@holdfast/protocol";
import { applyByAll, livedLedger, SoftwareReporter, softwareWitness } from "@holdfast/testkit";
import { cosign } from "@holdfast/tlog";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const PROGRAM = fileURLToPath(new URL("../bin/holdfast-verify.mjs", import.meta.url));
const witness = softwareWitness("example.com/witness");
const folder = mkdtempSync(join(tmpdir(), "holdfast-verify-"));
const file = join(folder, "report.holdfast.json");
const lived = () => livedLedger({ administrators: 2, seed: "holdfast-verify" });
const ledger = lived();
const words = wordsOf(ledger.domain.tid).join(" ");

type Run = { readonly status: number; readonly out: string; readonly err: string };

function verify(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { timeout: 20_000 }, (error, out, err) => {
      resolve({ status: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

beforeAll(async () => writeFileSync(file, await new SoftwareReporter(ledger).bundle({ witnesses: [witness] })));
afterAll(() => rmSync(folder, { recursive: true }));

describe("holdfast-verify", () => {
  test("says what it checked and ends with 0 when everything holds and the words fit", async () => {
    const { status, out, err } = await verify(file, "--words", words);
    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(/^ok {2}receipts/m);
    expect(out).toContain("Verified: all of the above holds");
  });

  test("prints the eight words and ends with 4 when it is given none", async () => {
    const { status, out } = await verify(file);
    expect(status).toBe(4);
    expect(out).toContain(`\n    ${words}\n`);
    expect(out).toContain("Internally consistent; origin not compared.");
  });

  test("refuses other words, a missing witness and another file by code, with 1", async () => {
    expect(await verify(file, "--words", words.split(" ").reverse().join(" "))).toMatchObject({ status: 1, out: "" });
    expect((await verify(file, "--words", "one two")).err).toContain("V_WORDS");
    const other = softwareWitness("example.com/other").vkey;
    expect((await verify(file, "--words", words, "--witness", other)).err).toContain("V_WITNESS");
    expect((await verify(PROGRAM)).err).toContain("V_MALFORMED");
  });

  test("ends with its verdict where nobody reads what it prints", async () => {
    const command = `exec 3> >(:); wait $!; "$0" "$@" >&3; code=$?; exec 3>&-; echo "exit $code"`;
    const words = [PROGRAM, file, "--words", "one two", "--json"];
    const ran = await new Promise<string>((resolve) => {
      execFile("bash", ["-c", command, process.execPath, ...words], { timeout: 20_000 }, (_, out, err) =>
        resolve(out + err),
      );
    });
    expect(ran).toBe("exit 1\n");
  });

  test("takes a witness that has signed", async () => {
    expect(await verify(file, "--words", words, "--witness", witness.vkey)).toMatchObject({ status: 0 });
  });

  test("row 64: tells a report that was cut short by a head that another witness had seen before it was made", async () => {
    const other = softwareWitness("example.com/other");
    const grown = lived();
    applyByAll(grown, grown.domain.propose({ act: "domain.lock", args: {} }));
    const note = grown.log.checkpoint();
    const text = note.slice(0, note.indexOf("\n\n") + 1);
    const seenAt = async (time: number) => {
      const head = join(folder, "head");
      writeFileSync(head, grown.log.checkpoint([await cosign(text, other, time)]));
      return verify(file, "--words", words, "--head", head, "--head-by", other.vkey);
    };
    const made = ledger.domain.clock.now();
    const cut = await seenAt(made - 1);
    expect([cut.status, cut.out]).toEqual([1, ""]);
    expect(cut.err).toContain("V_STALE");
    expect(cut.err).toContain(`${grown.log.size} entries`);
    const later = await seenAt(made + 60);
    expect(later.status).toBe(0);
    expect(later.out).toContain("ask for a newer one");
    expect((await verify(file, "--head", join(folder, "nothing"))).status).toBe(2);
  });

  test("gives the verdict as one JSON document", async () => {
    const held = await verify(file, "--json");
    expect(JSON.parse(held.out)).toMatchObject({ verdict: "not-compared", tid: ledger.domain.tid });
    const refused = await verify(PROGRAM, "--json");
    expect(refused.status).toBe(1);
    expect(JSON.parse(refused.out)).toMatchObject({ verdict: "refused", code: "V_MALFORMED" });
  });

  test("ends with 2 for a wrong command line or a file that is not there", async () => {
    for (const args of [[], [file, file], ["--nonsense"], [join(folder, "nothing")]]) {
      expect((await verify(...args)).status).toBe(2);
    }
  });
});
