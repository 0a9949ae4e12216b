import { type AdminClient, createAdminClient } from "../../apps/agent/src/cli/admin-client.ts";
import { CommandLineRun, type Ran, type Served } from "../../apps/agent/src/cli/testing/command-line-run.ts";
import { freePort } from "../../apps/agent/src/local-page/testing/page-caller.ts";
import type { MachineClock } from "./clock.ts";
import { startNamedPage } from "./named-page.ts";
import type { Person } from "./person.ts";

/** A key server without a dashboard: its own processes, its own page. */
export interface LoneKeyServer {
  readonly line: CommandLineRun;
  readonly origin: string;
  readonly restUrl: string;
  /** Its administration socket. */
  readonly admin: AdminClient;
  /** Null where KMIP was not asked for. */
  readonly kmipUrl: string | null;
  /** Its eight matching words, as the console showed them. */
  readonly words: readonly string[];
  /** The 24 words of its replacement key, as the person wrote them down. */
  readonly replacementKey: readonly string[];
  /** Of its page. */
  readonly port: number;
  /** Of its process. */
  readonly pid: number;
  /** Ends its process. */
  readonly end: Served["stop"];
  /** Runs a command of its command line. */
  run(...words: string[]): Promise<Ran>;
  stop(): Promise<void>;
}

/** What is different about a key server. */
export interface LoneOptions {
  /** Serve its page under the customer's own name, over TLS. */
  readonly named?: boolean;
  /** A dashboard's token. */
  readonly token?: string;
  /** Its machine's clocks, which a test lets go on. */
  readonly clock?: (folder: string) => MachineClock;
}

/** Makes and serves a key server, and founds its domain with the person's passkey at its page. */
export async function startLoneKeyServer(
  person: Person,
  more: readonly string[] = [],
  { named = false, token = "", clock }: LoneOptions = {},
): Promise<LoneKeyServer> {
  const line = new CommandLineRun();
  const data = ["--data", line.path("data")];
  const port = await freePort();
  const outside = named ? await startNamedPage(line.root, await freePort(), port) : null;
  const origin = outside?.origin ?? `http://agent.localhost:${port}`;
  await line.run("init", ...data, "--name", "keys-1");
  const page = ["--page", `127.0.0.1:${port}`, "--page-origin", origin];
  const {
    ready,
    pid = -1,
    stop: end,
  } = await line.serve([...data, ...page, "--rest", "127.0.0.1:0", ...more], "config", clock?.(line.root).environment);
  const run = (...words: string[]) => line.run(...words, ...data);
  const tab = await person.open(ready.claimUrl);
  await tab.getByLabel(/Your name/).fill("Ada Lovelace");
  await tab.getByLabel(/Token/).fill(token);
  await tab.getByRole("button", { name: "Continue" }).click();
  await tab.getByRole("button", { name: "Create approval passkey" }).click();
  await tab.getByRole("button", { name: "Use the passkey" }).click();
  const list = tab.locator("ol.words li");
  await list.nth(23).waitFor();
  const replacementKey = await list.allTextContents();
  await tab.getByLabel(/last word/).fill(replacementKey.at(-1)?.trim() ?? "");
  await tab.getByRole("button", { name: "I have kept it" }).click();
  await tab.getByText(/Now look at the key server's console/).waitFor();
  const admin = createAdminClient(line.path("data", "admin.sock"));
  const { words = [] } = await admin.get<{ words?: string[] }>("/v1/registration");
  const { code, stderr } = await run("confirm", "--words", words.join(" "));
  if (code !== 0) throw new TypeError(`Not founded: ${stderr}`);
  await tab.getByText("Your key server is yours").waitFor();
  await person.close(tab);
  const urls = { origin, port, restUrl: ready.rest, kmipUrl: ready.kmip };
  const stop = async () => {
    await line.close();
    await outside?.stop();
  };
  return { line, ...urls, words, replacementKey, admin, pid, end, run, stop };
}
