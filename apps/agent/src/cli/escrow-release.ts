import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { isLocalDomain, type Roster } from "@holdfast/protocol";
import { startReceivingAdmin } from "../admin/receiving-admin.ts";
import { writeSettings } from "../agent-settings.ts";
import { beginReceiving, finishReceiving } from "../custody/escrow/receive-backup.ts";
import type { Receiving, ReceivingProgress } from "../custody/escrow/receiving.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { PageCertificate } from "../local-page/page-certificate.ts";
import { startReceivingPage } from "../local-page/receiving-page.ts";
import { createProcessLogger } from "../logger.ts";
import { COMMON_OPTIONS, type Command, type CommandContext, PASSPHRASE_OPTIONS } from "./command.ts";
import { keyDirectory } from "./key-directory.ts";
import { readNamedFile } from "./named-file.ts";
import { facts, showTime } from "./output.ts";
import { createNewFile } from "./place-files.ts";
import { readKekOfRestore } from "./read-kek-choice.ts";

const unixSeconds = () => Math.floor(Date.now() / 1000);

/** `escrow release`: a fresh agent that waits for a backup's custodians, and is the restored agent when they have come. */
export const escrowRelease: Command = {
  usage:
    "FILE --data DIR [--page H:P|off] [--page-origin URL [--page-tls DIR]] [--order FILE] [--unseal file:PATH|passphrase] [--passphrase-file PATH] [--reason TEXT]",
  words: 1,
  options: {
    ...COMMON_OPTIONS,
    ...PASSPHRASE_OPTIONS,
    unseal: { type: "string" },
    page: { type: "string", default: "127.0.0.1:7400" },
    "page-origin": { type: "string" },
    "page-tls": { type: "string" },
    order: { type: "string" },
    reason: { type: "string" },
  },
  async run(context) {
    const { args, out, dataDirectory } = context;
    const directory = dataDirectory();
    const backup = resolve(args.word(0, "FILE"));
    const kek = await readKekOfRestore(args);
    const options = {
      ...{ backup, kek, dataDirectory: directory, keyDirectory: keyDirectory() },
      ...{ now: unixSeconds, reason: args.find("reason") ?? "" },
    };
    const receiving = await beginReceiving(options);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const listeners = await listen(receiving, context, directory);
    try {
      const order = args.find("order");
      if (order !== undefined) createNewFile(resolve(order), `${JSON.stringify(receiving.order)}\n`);
      const restored = await finishReceiving(receiving, options);
      writeSettings(directory, restored.settings);
      const { tid, aid, made, keys } = restored.manifest;
      const kekPath = restored.kek.kind === "file" ? restored.kek.path : "passphrase";
      out.result({ restored: true, data: directory, tid, aid, made, keys, kek: kekPath }, () =>
        [
          facts([
            ["restored", `${keys} keys, as they were ${showTime(made)}`],
            ["data", directory],
            ["key-encryption key", kekPath],
          ]),
          "",
          "Serve it: everything opens as before, and nothing changes until you accept the loss with `holdfast-agent restore accept`.",
          "Where its witnesses are is not in a backup. Add each before you accept, so that it can say how much is missing: `holdfast-agent witness add`.",
        ].join("\n"),
      );
      return 0;
    } finally {
      receiving.close();
      for (const each of listeners) await each.close();
    }
  },
};

async function listen(receiving: Receiving, { args, out }: CommandContext, directory: string): Promise<Listener[]> {
  const logger = createProcessLogger();
  const admin = resolve(args.find("admin") ?? join(directory, "admin.sock"));
  const listeners = [await startReceivingAdmin(receiving, admin, logger)];
  const page = args.get("page");
  const origin = args.find("page-origin") ?? originOf(receiving.roster, page);
  const name = receiving.roster.agents[0]?.label ?? "Key server";
  const folder = args.find("page-tls");
  const certificate =
    page === "off" || folder === undefined
      ? null
      : PageCertificate.open({ folder: resolve(folder), origin, time: unixSeconds, logger, shown: () => undefined });
  const parts = { receiving, listen: page, origin, name, logger, now: unixSeconds, certificate };
  if (page !== "off") listeners.push(await startReceivingPage(parts));
  const at = page === "off" ? null : origin;
  const { release, k, custodians } = receiving.progress();
  const ready = {
    ...{ receiving: true, tid: receiving.tid, words: receiving.words, release, k, custodians, admin },
    approveUrl: at && !isLocalDomain(receiving.roster) ? `${at}/approve#${release}` : null,
    custodianUrl: at && `${at}/custodian`,
  };
  process.stdout.write(out.json ? `${JSON.stringify(ready)}\n` : `${readyText(ready)}\n`);
  return listeners;
}

/** Where the page was before the disaster: passkeys belong to exactly that address. */
function originOf(roster: Roster, page: string): string {
  const origins = roster.admins.flatMap(({ creds }) =>
    creds.flatMap((each) => ("origin" in each ? [each.origin] : [])),
  );
  return origins[0] ?? `http://agent.localhost:${page.slice(page.lastIndexOf(":") + 1)}`;
}

function readyText(ready: {
  readonly words: readonly string[];
  readonly k: number;
  readonly custodians: readonly string[];
  readonly approveUrl: string | null;
  readonly custodianUrl: string | null;
  readonly admin: string;
}): string {
  return [
    "This new key server waits. It has nothing of the backup yet.",
    "",
    facts([
      ["matching words", ready.words.join(" ")],
      ...(ready.approveUrl === null ? [] : [["1. administrators", ready.approveUrl] as [string, string]]),
      [`${ready.approveUrl === null ? "1" : "2"}. ${ready.k} of`, ready.custodians.join(", ")],
      ["   at", ready.custodianUrl ?? "`holdfast-agent escrow give` on this host"],
    ]),
    "",
    "Compare the words with those on the custodians' sheets before anybody gives anything. Leave this running.",
  ].join("\n");
}

/** `escrow take`: hands a share over that a custodian sealed on another computer. */
export const escrowTake: Command = {
  usage: "FILE",
  words: 1,
  options: COMMON_OPTIONS,
  async run({ args, admin, out }) {
    const share = JSON.parse(readNamedFile(resolve(args.word(0, "FILE"))).toString("utf8")) as object;
    const { progress } = await admin().post<{ progress: ReceivingProgress }>("/v1/escrow/share", share);
    const { have, need, ...shares } = progress;
    out.result(
      { ...shares, approvals: { have, need }, shares: { have: shares.given.length, need: shares.k } },
      `Taken. ${shares.given.length} of ${shares.k} shares are there (${shares.given.join(", ")}).`,
    );
    return 0;
  },
};
