import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import type { ActAnswer, KeyView, StatusAnswer } from "../../apps/agent/src/admin/answers.ts";
import { createAdminClient } from "../../apps/agent/src/cli/admin-client.ts";
import type { CommandLineRun, Served } from "../../apps/agent/src/cli/testing/command-line-run.ts";
import { RestClient } from "../../apps/agent/src/endpoints/rest/testing/rest-client.ts";
import { KmipTalk } from "../interop/support/kmip-talk.ts";
import { createAes, retire } from "../interop/support/requests.ts";
import { becomeCustodian, type CustodianAtHome, hearAll, type Sheet } from "./custodian.ts";
import { approve } from "./first-run.ts";
import { findLost, itemsOfEveryKind, type Made, useAll } from "./keys-in-use.ts";
import { type LoneKeyServer, startLoneKeyServer } from "./lone-key-server.ts";
import { Person, saveFrom } from "./person.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

/** Items of one command: making them takes seconds, for which the page waits. */
const KEYS_A_TOUCH = 400;

/** A domain in use, before and after its key server's disk is lost. */
export class LostDisk {
  readonly browser: Browser;
  readonly administrator: Person;
  readonly server: LoneKeyServer;
  readonly custodians: CustodianAtHome[] = [];
  /** The domain's eight words, as everybody has them on paper. */
  sheet: Sheet = [];
  made: Made[] = [];
  /** A key that its client destroyed, and what it had encrypted. */
  destroyed: { keyId: string; ciphertext: string } | null = null;
  readonly #people: Person[] = [];
  #pem: { cert: string; key: string; ca: string } | null = null;
  #served: Served | null = null;
  #data = "data";

  private constructor(browser: Browser, administrator: Person, server: LoneKeyServer) {
    this.browser = browser;
    this.administrator = administrator;
    this.server = server;
  }

  static async begin(browser: Browser): Promise<LostDisk> {
    const administrator = await Person.arrive(browser);
    const server = await startLoneKeyServer(administrator, ["--kmip", "127.0.0.1:0"]);
    const lost = new LostDisk(browser, administrator, server);
    lost.sheet = (await lost.status()).words ?? [];
    return lost;
  }

  get line(): CommandLineRun {
    return this.server.line;
  }

  get rest(): RestClient {
    if (this.#pem === null) throw new TypeError("No application is enrolled.");
    return new RestClient(this.#served?.ready.rest ?? this.server.restUrl, this.#pem);
  }

  status(): Promise<StatusAnswer> {
    return this.#admin().get<StatusAnswer>("/v1/status");
  }

  async keys(): Promise<KeyView[]> {
    return (await this.#admin().get<{ keys: KeyView[] }>("/v1/keys")).keys;
  }

  /** Enrols custodians, each at a browser of their own, and has any `k` of them open backups. */
  async enrolCustodians(names: readonly string[], k: number): Promise<void> {
    for (const name of names) {
      const { json } = await this.#run("intro", "invite", "--kind", "custodian", "--label", name);
      const person = await Person.arrive(this.browser);
      this.#people.push(person);
      this.custodians.push(
        await becomeCustodian(person, { name, url: json.url, folder: this.line.path("homes", name) }),
      );
    }
    const { json } = await this.#run("intro", "list");
    const references = (json.introductions as { reference: string; kind: string }[]).map(({ reference }) => reference);
    const proposed = await this.propose("escrow.enrol", { k, recoveryFile: false, custodians: references });
    const page = await this.administrator.open(proposed.approveUrl ?? "");
    await hearAll(page, this.custodians);
    await page.getByRole("button", { name: /^Approve/ }).click();
    await page.getByRole("heading", { level: 1, name: /Done|Approved/ }).waitFor();
    await this.administrator.close(page);
  }

  /** Enrols an application, has keys of every kind made, and uses them; one is destroyed by its owner. */
  async fillAndUse(count: number): Promise<void> {
    await this.#enrolApplication();
    const items = itemsOfEveryKind(count);
    for (let at = 0; at < items.length; at += KEYS_A_TOUCH) {
      const proposed = await this.propose("key.create", { items: items.slice(at, at + KEYS_A_TOUCH) });
      await this.#approve(proposed.approveUrl ?? "");
    }
    await this.#destroyOne();
    this.made = await useAll(await this.keys(), this.rest);
  }

  /** One key more, made and used just before the disaster. */
  async oneMore(label: string): Promise<void> {
    const item = { label, algorithm: "AES-256", usage: ["decrypt", "encrypt"], group: "default", extractable: false };
    await this.#approve((await this.propose("key.create", { items: [item] })).approveUrl ?? "");
    const key = (await this.keys()).filter((each) => each.label === label);
    this.made.push(...(await useAll(key, this.rest)));
  }

  /** A backup to a file by hand. */
  async backUp(): Promise<string> {
    const path = this.line.path("backup.holdfast-backup");
    await this.#run("backup", "create", "--out", path);
    return path;
  }

  /** Has the key server back up alone into a folder. */
  async backUpAlone(): Promise<string> {
    const folder = this.line.path("backups");
    mkdirSync(folder, { mode: 0o700 });
    const { json } = await this.#run("backup", "policy", "--directory", `vault=${folder}`);
    await this.#approve(json.approveUrl);
    return folder;
  }

  /** Waits until every key is in a backup, and says which file is the newest. */
  async newestOf(folder: string): Promise<string> {
    const end = Date.now() + 180_000;
    for (;;) {
      const { unbacked } = await this.status();
      const newest = readdirSync(folder)
        .filter((name) => name.endsWith(".backup"))
        .sort()
        .at(-1);
      if (unbacked === 0 && newest !== undefined) return join(folder, newest);
      if (Date.now() > end) throw new TypeError(`${unbacked} keys are in no backup after three minutes.`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  /** The process dies, and everything on the disk with it: store, key-encryption key, recovery file. */
  async disaster(): Promise<void> {
    await this.server.end("SIGKILL");
    rmSync(this.line.path("data"), { recursive: true, force: true });
    rmSync(this.line.path("config"), { recursive: true, force: true });
    this.#data = "data-2";
  }

  /** A fresh agent on a new host that waits for the backup's custodians. */
  receive(backup: string): Promise<Receiver> {
    const { port, origin } = this.server;
    const place = { data: this.line.path(this.#data), config: "config-2", page: { port, origin } };
    return startReceiver(this.line, backup, place);
  }

  /** Serves the restored folder at the same addresses. */
  async serveRestored(): Promise<void> {
    const { port, origin } = this.server;
    const page = ["--page", `127.0.0.1:${port}`, "--page-origin", origin];
    const data = ["--data", this.line.path(this.#data)];
    this.#served = await this.line.serve([...data, ...page, "--rest", "127.0.0.1:0"], "config-2");
  }

  lost(): Promise<string[]> {
    return findLost(this.made, this.rest);
  }

  async acceptRestored(): Promise<void> {
    const { json } = await this.#run("restore", "accept");
    await this.#approve(json.approveUrl);
  }

  /** Kinds of the newest entries of the log. */
  async newestKinds(count: number): Promise<string[]> {
    const { entries } = await this.#admin().get<{ entries: { kind: string }[] }>(`/v1/log?last=${count}`);
    return entries.map(({ kind }) => kind);
  }

  /** A report of the domain, as an auditor's own program judges it. */
  async verifiedReport() {
    const folder = this.line.path("report");
    await this.#run("report", "--out", folder);
    const report = readdirSync(folder).find((name) => name.endsWith(".pdf")) ?? "";
    const verifier = join(import.meta.dirname, "../../apps/verify/src/main.ts");
    const words = ["--words", this.sheet.join(" ")];
    return this.line.spawn(process.execPath, [verifier, join(folder, report), ...words]);
  }

  propose(act: string, args: Record<string, unknown>): Promise<ActAnswer> {
    return this.#admin().post<ActAnswer>("/v1/act", { act, args, reason: "", wait: false });
  }

  /** Runs a command of the key server's. @throws when it fails */
  async #run(...words: string[]) {
    const ran = await this.line.run(...words, "--data", this.line.path(this.#data));
    if (ran.code !== 0 && ran.code !== 3) throw new TypeError(`${words.join(" ")}: ${ran.stderr}`);
    return ran;
  }

  run(...words: string[]) {
    return this.#run(...words);
  }

  async end(): Promise<void> {
    for (const person of this.#people) await person.leave();
    await this.administrator.leave();
    await this.server.stop();
  }

  #admin() {
    return createAdminClient(this.line.path(this.#data, "admin.sock"));
  }

  async #approve(url: string): Promise<void> {
    await this.administrator.close(await approve(this.administrator, url));
  }

  async #enrolApplication(): Promise<void> {
    const grants = [{ ops: ["all"], keys: { kind: "all" } }];
    const auth = { kind: "issued", validitySec: 86_400 };
    const proposed = await this.propose("client.enrol", { label: "app", auth, grants });
    const page = await approve(this.administrator, proposed.approveUrl ?? "");
    const folder = this.line.path("app");
    const read = async (name: string) => readFileSync(await saveFrom(page, `Save ${name}`, folder), "utf8");
    this.#pem = { cert: await read("client.crt"), key: await read("client.key"), ca: await read("ca.crt") };
    await this.administrator.close(page);
  }

  async #destroyOne(): Promise<void> {
    const pem = this.#pem;
    if (pem === null || this.server.kmipUrl === null) throw new TypeError("KMIP is not served.");
    const client = { id: "", folder: "", files: { cert: "", key: "", ca: "" }, pem };
    const talk = await KmipTalk.open(this.server.kmipUrl, client, "1.4");
    const { uniqueIdentifier } = await talk.ask("Create", createAes(256));
    const id = String(uniqueIdentifier);
    await talk.ask("Activate", { uniqueIdentifier: id });
    const own = (await this.keys()).find(({ owner }) => owner !== "domain")?.keyId ?? "";
    const { json } = await this.rest.post(`/v1/keys/${own}/encrypt`, { plaintext: "AAAA" });
    await talk.ask("Revoke", retire(id));
    await talk.ask("Destroy", { uniqueIdentifier: id });
    talk.close();
    this.destroyed = { keyId: own, ciphertext: json.ciphertext };
  }
}
