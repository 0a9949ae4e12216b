import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CommandLineRun, PROGRAM } from "./testing/command-line-run.ts";

const DOCS = fileURLToPath(new URL("../../../../docs/operate/", import.meta.url));

let run: CommandLineRun;
beforeEach(async () => {
  run = new CommandLineRun();
  await run.run("init", "--standalone", "--name", "house");
  await run.serve(["--page", "off", "--rest", "off"]);
});
afterEach(() => run.close());

/** Runs every command of a page, in its order and in one shell, as somebody would who pastes them. */
async function runPage(name: string) {
  const page = readFileSync(DOCS + name, "utf8");
  const blocks = [...page.matchAll(/^( *)```sh\n([\s\S]+?)^ *```$/gm)].map(([, , block = ""]) => block);
  const { json } = await run.run("status");
  const program = `holdfast-agent() { "${process.execPath}" "${PROGRAM}" "$@"; }`;
  const script = run.path("page.sh");
  writeFileSync(script, ["set -e", program, `WORDS='${json.words.join(" ")}'`, ...blocks].join("\n"));
  const ran = await run.spawn("bash", [script]);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  return (await run.run("key", "list")).json.keys as {
    label: string;
    known: boolean;
    aliases: string[];
    version: number;
  }[];
}

test("what docs/operate/import.md says brings keys in, and they are known to a former holder", async () => {
  const keys = await runPage("import.md");
  const known = keys.filter((key) => key.known).map(({ label }) => label);
  expect(known.sort()).toEqual(["cards", "letters", "orders", "signing"]);
});

test("what docs/operate/leave-us.md says takes every key out, in forms that others read", async () => {
  await runPage("leave-us.md");
  const listed = JSON.parse(readFileSync(run.path("keys", "keys.json"), "utf8")) as { file: string; version: number }[];
  expect(listed.map(({ file }) => file).sort()).toEqual(["ledger-v1.key", "ledger-v2.key", "seal-v1.pem"]);
  const { keys } = JSON.parse(readFileSync(run.path("set", "keys.jwks.json"), "utf8")) as { keys: { kty: string }[] };
  expect(keys.map(({ kty }) => kty).sort()).toEqual(["EC", "oct", "oct"]);
  const request = JSON.parse(readFileSync(run.path("vault", "ledger-v2.import.json"), "utf8"));
  expect(request).toMatchObject({ type: "aes256-gcm96", hash_function: "SHA256" });
  expect(Buffer.from(request.ciphertext, "base64")).toHaveLength(512 + 40);
  const entries = (await run.run("audit", "tail")).json.entries as { kind: string }[];
  expect(entries.filter(({ kind }) => kind === "export.wrap")).toHaveLength(3);
});
