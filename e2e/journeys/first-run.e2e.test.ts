import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Agent } from "../../apps/agent/src/agent.ts";
import { silentLogger } from "../../apps/agent/src/logger.ts";
import { runtimeKeyOf } from "../../packages/crypto/src/handle/key-handle.ts";
import { rootSecretOf } from "../../packages/crypto/src/wrapping/root-key.ts";
import { accessibilityProblems } from "../support/accessibility.ts";
import { type Secret, searchDatabase, searchFiles, textSecret } from "../support/canary.ts";
import { openBrowser } from "../support/chromium.ts";
import { approve, type FirstObjects, type Founded, foundEnvironment, makeFirstObjects } from "../support/first-run.ts";
import { Person } from "../support/person.ts";
import { databaseOf, type Product, REPOSITORY, startProduct } from "../support/product.ts";

const PAGES =
  "keys keys/new approvals coming-due log reports servers backups people clients clients/new secrets settings settings/notices settings/stored"
    .split(" ")
    .map((name) => `/${name}`);
const PLAINTEXT = randomBytes(24);

let product: Product;
let browser: { browser: Browser; close: () => Promise<void> };
let person: Person;
let founded: Founded;
let objects: FirstObjects;
let folder: string;
let ciphertext: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-journey-"));
  product = await startProduct();
  browser = await openBrowser();
  person = await Person.arrive(browser.browser);
  await product.waitFor(/Ctrl-C stops everything/);
});

afterAll(async () => {
  await person?.leave();
  await browser?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const rest = (path: string, body: object) => {
  const { crt, key, ca } = objects.files;
  const words = ["-sS", "--cert", crt, "--key", key, "--cacert", ca, "-H", "content-type: application/json"];
  const run = spawnSync("curl", [...words, "-d", JSON.stringify(body), `${product.restUrl}${path}`], {
    encoding: "utf8",
  });
  return JSON.parse(run.stdout) as Record<string, string | number>;
};

/** Opens a key's page, proposes one of its actions and approves it at the key server's own page. */
async function change(action: string): Promise<void> {
  const { dashboard, place } = founded;
  await dashboard.goto(`${place}/keys/${objects.keyId}`);
  const button = dashboard.getByRole("button", { name: action, exact: true });
  await dashboard.getByRole("button", { name: "More" }).waitFor();
  if (await button.isVisible()) await button.click();
  else {
    await dashboard.getByRole("button", { name: "More" }).click();
    await dashboard.getByRole("menuitem", { name: action, exact: true }).click();
  }
  const dialog = dashboard.getByRole("dialog");
  const name = dialog.getByLabel(/to go on$/);
  if (await name.count()) await name.fill("orders-db");
  await dialog.getByRole("button", { name: "Show the exact request" }).click();
  await dialog.getByRole("button", { name: /^Propose/ }).click();
  const url = await dialog.getByRole("link", { name: /Approve/ }).getAttribute("href");
  await person.close(await approve(person, url ?? ""));
}

describe("the first run", () => {
  it("goes from an empty page to an environment whose words were compared, console against dashboard", async () => {
    founded = await foundEnvironment(person, product);
    expect(founded.words).toHaveLength(8);
    expect(founded.token).toMatch(/^hfe1\./);
  });

  it("makes the first key and the first client with one touch, and hands out the client's files once", async () => {
    objects = await makeFirstObjects(person, founded, join(folder, "client"));
    expect(objects.keyId).toMatch(/^k_[a-z2-7]{26}$/);
  });

  it("shows a snippet that encrypts and decrypts as pasted", async () => {
    const snippet =
      (await founded.dashboard.locator("pre, code").filter({ hasText: "/v1/decrypt" }).first().textContent()) ?? "";
    const run = spawnSync("bash", ["-c", snippet], { cwd: join(folder, "client"), encoding: "utf8" });
    expect(run.stdout.trim().split("\n").at(-1)).toBe("only you");
    ciphertext = String(
      rest(`/v1/keys/${objects.keyId}/encrypt`, { plaintext: PLAINTEXT.toString("base64") }).ciphertext,
    );
  });

  it("says checked by your browser once the browser has proved the key itself", async () => {
    await founded.dashboard.goto(founded.place);
    await founded.dashboard.getByText("checked by your browser").first().waitFor();
    await founded.dashboard.goto(`${founded.place}/keys/${objects.keyId}`);
    await founded.dashboard.getByText("checked", { exact: true }).first().waitFor();
  });

  it.each([
    ["wide and light", 1280, "light"],
    ["wide and dark", 1280, "dark"],
    ["360 px wide", 360, "light"],
  ] as const)("has no page that axe objects to or that scrolls sideways, %s", async (_, width, colorScheme) => {
    const { dashboard, place } = founded;
    await dashboard.setViewportSize({ width, height: 900 });
    await dashboard.emulateMedia({ colorScheme });
    const problems: string[] = [];
    for (const path of ["", `/keys/${objects.keyId}`, ...PAGES]) {
      await dashboard.goto(`${place}${path}`);
      await dashboard.getByRole("heading", { level: 1 }).waitFor();
      const isTooWide = await dashboard.evaluate("document.documentElement.scrollWidth > window.innerWidth");
      if (isTooWide) problems.push(`${path}: scrolls sideways`);
      problems.push(...(await accessibilityProblems(dashboard)).map((problem) => `${path}: ${problem}`));
    }
    await dashboard.setViewportSize({ width: 1280, height: 900 });
    await dashboard.emulateMedia({ colorScheme: "light" });
    expect(problems).toEqual([]);
  });

  it("rotates the key, and what the old version sealed still opens", async () => {
    await change("Rotate now");
    expect(rest("/v1/decrypt", { ciphertext })).toMatchObject({
      plaintext: PLAINTEXT.toString("base64"),
      version: 1,
    });
    expect(rest(`/v1/keys/${objects.keyId}/encrypt`, { plaintext: "AAAA" })).toMatchObject({ version: 2 });
  });

  it("refuses to encrypt and to decrypt with a suspended key, and serves it again once resumed", async () => {
    await change("Suspend");
    expect(rest(`/v1/keys/${objects.keyId}/encrypt`, { plaintext: "AAAA" })).toMatchObject({ code: "E_KEY_STATE" });
    await change("Resume");
    expect(rest(`/v1/keys/${objects.keyId}/encrypt`, { plaintext: "AAAA" })).toMatchObject({ version: 2 });
  });

  it("refuses to encrypt with a retired key, which still opens what it sealed", async () => {
    await change("Retire…");
    expect(rest(`/v1/keys/${objects.keyId}/encrypt`, { plaintext: "AAAA" })).toMatchObject({ code: "E_KEY_STATE" });
    expect(rest("/v1/decrypt", { ciphertext })).toMatchObject({ plaintext: PLAINTEXT.toString("base64") });
  });

  it("delivers a report that anybody verifies offline with the words of the console", async () => {
    const { dashboard, place, words } = founded;
    await dashboard.goto(`${place}/reports`);
    await dashboard
      .getByRole("button", { name: /report/i })
      .first()
      .click();
    const link = dashboard.getByRole("link", { name: /PDF/ }).first();
    await link.waitFor({ timeout: 60_000 });
    const waiting = dashboard.waitForEvent("download");
    await link.click();
    const path = join(folder, "report.pdf");
    await (await waiting).saveAs(path);
    const verify = [join(REPOSITORY, "apps/verify/bin/holdfast-verify.mjs"), path, "--words", words.join(" ")];
    const run = spawnSync(process.execPath, verify, { encoding: "utf8" });
    expect(run.status, run.stdout + run.stderr).toBe(0);
  });

  it("row 70: leaves no byte of any key, passphrase, private key or token in the control plane's database, logs and build", async () => {
    const secrets = [...secretsSeen(), ...(await sessionSecrets())];
    const { passwords, port } = databaseOf(product);
    const owner = `postgres://holdfast_owner:${passwords.owner}@127.0.0.1:${port}/holdfast`;
    const rows = await searchDatabase(secrets, owner);
    expect(rows.finds).toEqual([]);
    expect(rows.rows).toBeGreaterThan(20);
    await product.halt();
    const all = [...secrets, ...(await keySecrets())];
    const folders = ["postgres", "logs", "witness.key"].map((name) => join(product.data, name));
    const files = searchFiles(all, [...folders, join(REPOSITORY, "apps/web/.next")]);
    expect(files.finds).toEqual([]);
    expect(files.files).toBeGreaterThan(100);
    expect(searchFiles(all, [product.config]).finds.length, "the search finds what is there").toBeGreaterThan(0);
  });
});

/** What people and applications were given on the way. */
function secretsSeen(): Secret[] {
  const pem = readFileSync(objects.files.key, "utf8")
    .split("\n")
    .filter((line) => line && !line.startsWith("-----"));
  const passphrase = /its passphrase\s+(\S+)/.exec(product.printed())?.[1] ?? "";
  const { secret } = JSON.parse(Buffer.from(founded.token.slice(5), "base64url").toString()) as { secret: string };
  return [
    textSecret("enrolment token", founded.token),
    textSecret("enrolment secret", secret),
    textSecret("claim", founded.claimUrl.split("#")[1] ?? ""),
    textSecret("replacement key", founded.replacementKey.join(" ")),
    textSecret("recovery passphrase", passphrase),
    { name: "client's private key", bytes: Buffer.from(pem.join(""), "base64") },
    { name: "plaintext", bytes: PLAINTEXT },
  ].filter(({ bytes }) => bytes.length > 0);
}

async function sessionSecrets(): Promise<Secret[]> {
  return (await person.context.cookies()).map(({ name, value }) => textSecret(`cookie ${name}`, value));
}

/** Key-encryption key, root key and every version of every key, opened as the key server itself does. */
async function keySecrets(): Promise<Secret[]> {
  const folderOfKeys = join(product.config, "holdfast");
  const kek = readdirSync(folderOfKeys).filter((name) => name.endsWith(".kek"));
  const files = kek.map((name) => ({ name, bytes: readFileSync(join(folderOfKeys, name)).subarray(-32) }));
  const agent = await Agent.open({
    dataDirectory: join(product.data, "agent"),
    pageOrigin: null,
    logger: silentLogger,
  });
  try {
    const { domain } = agent;
    if (domain === null) throw new TypeError("The key server did not open.");
    const versions = [...domain.keystore.keys()].flatMap(({ id, versions: all }) =>
      all.map(({ version }) => ({ id, version })),
    );
    return [
      ...files,
      { name: "root key", bytes: Buffer.from(rootSecretOf(domain.keys.root)) },
      ...versions.map(({ id, version }) => {
        return { name: `${id} version ${version}`, bytes: runtimeKeyOf(domain.keystore.handle(id, version)).export() };
      }),
    ];
  } finally {
    await agent.close();
  }
}
