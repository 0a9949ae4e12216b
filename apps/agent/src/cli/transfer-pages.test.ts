import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wordsOf } from "@holdfast/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startAdmin } from "../admin/admin-server.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { createAdminClient } from "./admin-client.ts";
import { runCommandLine } from "./command-line.ts";
import { sayOfSameName } from "./key-create.ts";

const DOCS = fileURLToPath(new URL("../../../../docs/operate/", import.meta.url));
const before = process.cwd();

let folder: string;
let domain: TestDomain;
let socket: Listener;
beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-page-")));
  domain = await openTestDomain();
  const surroundings = { agent: domain.agent, places: () => ({}), link: {} } as never;
  socket = await startAdmin(surroundings, join(domain.dataDirectory, "admin.sock"));
  process.chdir(folder);
});
afterEach(async () => {
  process.chdir(before);
  vi.restoreAllMocks();
  await socket.close();
  await domain.close();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Runs every command of a page in its order, as somebody would who pastes them: a shell runs each line, and what it would
 * have handed to `holdfast-agent` is run here.
 */
async function runPage(name: string): Promise<number> {
  const page = readFileSync(DOCS + name, "utf8");
  const lines = [...page.matchAll(/^( *)```sh\n([\s\S]+?)^ *```$/gm)].flatMap(([, , block = ""]) =>
    block.trim().split("\n"),
  );
  const said: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => said.push(String(text)) > 0);
  const words = join(folder, ".words");
  const shell = `holdfast-agent() { printf '%s\\0' "$@" > '${words}'; }\nWORDS='${wordsOf(domain.tid).join(" ")}'\n`;
  for (const line of lines) {
    execFileSync("bash", ["-ec", shell + line], { stdio: ["ignore", "ignore", "pipe"] });
    if (!existsSync(words)) continue;
    const typed = readFileSync(words, "utf8").split("\0").slice(0, -1);
    rmSync(words);
    const code = await runCommandLine([...typed, "--json"], { dataDirectory: domain.dataDirectory });
    if (code !== 0) throw new Error(`${line}\n${said.at(-1)}`);
  }
  return lines.length;
}

test("what docs/operate/import.md says brings keys in, and they are known to a former holder", async () => {
  expect(await runPage("import.md")).toBeGreaterThan(10);
  const keys = [...domain.keystore.keys()].filter(({ type }) => type !== "public-key");
  expect(keys.map(({ label }) => label).sort()).toEqual(["cards", "letters", "orders", "signing"]);
  expect(keys.every(({ origin }) => origin === "registered")).toBe(true);
});

test("what docs/operate/leave-us.md says takes every key out, in forms that others read", async () => {
  expect(await runPage("leave-us.md")).toBeGreaterThan(10);
  const listed = JSON.parse(readFileSync("keys/keys.json", "utf8")) as { file: string }[];
  expect(listed.map(({ file }) => file).sort()).toEqual(["ledger-v1.key", "ledger-v2.key", "seal-v1.pem"]);
  const { keys } = JSON.parse(readFileSync("set/keys.jwks.json", "utf8")) as { keys: { kty: string }[] };
  expect(keys.map(({ kty }) => kty).sort()).toEqual(["EC", "oct", "oct"]);
  expect(readFileSync("kmip/ledger-v2.register.xml", "utf8")).toContain("<RequestMessage");
  const request = JSON.parse(readFileSync("vault/ledger-v2.import.json", "utf8"));
  expect(request).toMatchObject({ type: "aes256-gcm96", hash_function: "SHA256" });
  expect(openedAsVaultDoes(request.ciphertext).equals(readFileSync("keys/ledger-v2.key"))).toBe(true);
});

test("whoever makes a key of a name that a live one has is told of that one, and makes it all the same", async () => {
  const said: string[] = [];
  const say = async (name: string) => {
    said.length = 0;
    const admin = createAdminClient(join(domain.dataDirectory, "admin.sock"));
    await sayOfSameName(admin, name, (text) => void said.push(text));
    return said.join("");
  };
  expect(await say("twin")).toBe("");
  const { keyId } = (await run("key create --name twin")).json;
  expect(await say("twin")).toContain(`There is already a key called twin (${keyId}).`);
  expect(await say("twi")).toBe("");
  expect((await run("key create --name twin")).code).toBe(0);
});

/** Runs a command line as a program does. @returns its exit code, and what it printed last, to whichever of the two */
async function run(line: string) {
  const said: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => said.push(String(text)) > 0);
  const code = await runCommandLine([...line.split(" "), "--json"], { dataDirectory: domain.dataDirectory });
  return { code, json: JSON.parse(said.at(-1) ?? "null") };
}

const hex = () => randomBytes(32).toString("hex");

test("keys that would be refused are named with the rule before an import is begun; a refused one ends its import", async () => {
  await run("key create --name here --alias alias/here");
  for (const [rows, said] of [
    [
      [`one,${hex()},alias/one`, `two,${hex()},bad alias`],
      /^two \(key 2 of keys\.csv\): its alias bad alias is not an ali/,
    ],
    [
      [`one,${hex()},alias/x`, `two,${hex()},alias/x`],
      /^two \(key 2 of keys\.csv\): its alias alias\/x is that of one too/,
    ],
    [
      [`" one",${hex()},`, `"${"n".repeat(129)}",${hex()},`],
      /^n+ \(key 2 of keys\.csv\): its name n+ is not plain text/,
    ],
  ] as const) {
    writeFileSync("keys.csv", `name,key,alias\n${rows.join("\n")}\n`);
    const { code, json } = await run("key register --in keys.csv");
    expect([code, json.error.code, json.error.what]).toEqual([1, "E_KEY_FILE", expect.stringMatching(said)]);
  }
  writeFileSync("keys.csv", `name,key,alias\nthird,${hex()},alias/here\n`);
  expect((await run("key register --in keys.csv")).json.error).toMatchObject({ code: "E_PRESTATE" });
  expect((await run("import list")).json.imports).toEqual([]);
  expect([...domain.keystore.keys()].map(({ label }) => label)).toEqual(["here"]);
  writeFileSync("keys.csv", `name,key,alias\nthird,${hex()},alias/third\n`);
  expect((await run("key register --in keys.csv")).json.keys).toMatchObject([{ label: "third" }]);
});

test("a plan of moving a file says of each key what applying it says", async () => {
  await run("key create --name here --alias alias/here");
  const rows = ["good,alias/good", "again,alias/good", "bad,bad alias", "taken,alias/here"].map((row) => {
    const [name, alias] = row.split(",");
    return `${name},${hex()},${alias}`;
  });
  writeFileSync("keys.csv", `name,key,alias\n${rows.join("\n")}\n`);
  const whys = ["", "that of good", "is not an alias", "belongs to another key of the group default"];
  for (const [apply, first] of [
    ["", "moves"],
    [" --apply", "moved"],
    ["", "here"],
  ] as const) {
    const { code, json } = await run(`migrate --from file:keys.csv${apply}`);
    expect(json.objects.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      first,
      ...Array(3).fill("failed"),
    ]);
    json.objects.forEach(({ why = "" }, at: number) => {
      expect(why).toContain(whys[at]);
    });
    expect(code).toBe(1);
  }
});

test("an import that is ended takes nothing in any more, and only one that is open is ended", async () => {
  const { json: begun } = await run("import begin --out offer.json");
  writeFileSync("one.bin", randomBytes(32));
  const words = wordsOf(domain.tid).join(" ");
  const sealed = [
    "import",
    "seal",
    "--offer",
    "offer.json",
    "--words",
    words,
    "--in",
    "one.bin",
    "--out",
    "sealed.json",
  ];
  expect(await runCommandLine([...sealed, "--json"], {})).toBe(0);
  expect(await run(`import end ${begun.importId}`)).toMatchObject({ code: 0, json: { ended: begun.importId } });
  for (const refused of [`import end ${begun.importId}`, "import commit sealed.json"])
    expect((await run(refused)).json.error, refused).toMatchObject({ code: "E_PRESTATE" });
  expect([...domain.keystore.keys()]).toEqual([]);
});

test("what a group's export leaves behind is named, and a key that a form lacks keeps no other back", async () => {
  execFileSync("openssl", ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "own.pem"], {
    stdio: "ignore",
  });
  execFileSync("openssl", ["pkey", "-in", "own.pem", "-pubout", "-out", "own.pub"]);
  for (const more of [
    "left --extractable",
    "quantum --extractable --algorithm ML-DSA-65",
    "never",
    "pair --algorithm Ed25519",
  ])
    await run(`key create --group g --name ${more}`);
  const { json } = await run("key export --group g --to own.pub --recipient us --out export.json");
  expect(json.keys.map(({ label }: { label: string }) => label).sort()).toEqual(["left", "quantum"]);
  expect(json.stay).toEqual(
    ["never", "pair"].map((label) => ({ keyId: expect.any(String), label, why: "never extractable" })),
  );
  const kmip = await run("export open export.json --key own.pem --as kmip --out kmip");
  expect(kmip).toMatchObject({
    code: 1,
    json: {
      files: [join(folder, "kmip/left-v1.register.xml")],
      left: [{ label: "quantum", version: 1, why: expect.stringMatching(/KMIP 1\.4 has no keys of ML-DSA-65/) }],
      next: expect.stringContaining("--as files"),
    },
  });
  expect((await run("export open export.json --key own.pem --as files --out files")).code).toBe(0);
});

/** As Vault's documentation has it: an AES key by RSA-OAEP with SHA-256, the rest under it by RFC 5649. */
function openedAsVaultDoes(ciphertext: string): Buffer {
  const bytes = Buffer.from(ciphertext, "base64");
  writeFileSync("wrapped.bin", bytes.subarray(0, 512));
  const oaep = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"].flatMap((each) => [
    "-pkeyopt",
    each,
  ]);
  const aes = execFileSync("openssl", ["pkeyutl", "-decrypt", "-inkey", "wrapping.pem", "-in", "wrapped.bin", ...oaep]);
  const unwrap = ["enc", "-d", "-id-aes256-wrap-pad", "-K", aes.toString("hex"), "-iv", "a65959a6"];
  return execFileSync("openssl", unwrap, { input: bytes.subarray(512) });
}
