import { join, resolve } from "node:path";
import { isLocalDomain, type Roster } from "@holdfast/protocol";
import { startReceivingAdmin } from "../admin/receiving-admin.ts";
import { writeSettings } from "../agent-settings.ts";
import { beginReceiving, finishReceiving } from "../custody/escrow/receive-backup.ts";
import type { Receiving } from "../custody/escrow/receiving.ts";
import { makeDataFolder } from "../data-folder.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { PageCertificate } from "../local-page/page-certificate.ts";
import { startReceivingPage } from "../local-page/receiving-page.ts";
import { createProcessLogger } from "../logger.ts";
import type { Arguments } from "./arguments.ts";
import { COMMON_OPTIONS, type Command, type CommandContext, PASSPHRASE_OPTIONS } from "./command.ts";
import { keyDirectory } from "./key-directory.ts";
import { withPinOfNewAgent } from "./pin-of-new-agent.ts";
import { RESTORE_UNSEAL_USAGE, readKekOfRestore } from "./read-kek-choice.ts";
import { requirePlaceForOrder, writeOrder } from "./release-order-file.ts";
import { releaseText } from "./release-text.ts";
import { tellRestored } from "./restored-text.ts";

const unixSeconds = () => Math.floor(Date.now() / 1000);

/** `escrow release`: a fresh agent that waits for a backup's custodians, and is the restored agent when they have come. */
export const escrowRelease: Command = {
  usage: `FILE --data DIR [--page H:P|off] [--page-origin URL [--page-tls DIR]] [--order FILE] [${RESTORE_UNSEAL_USAGE}] [--passphrase-file PATH] [--reason TEXT]`,
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
    const order = orderPath(args);
    const kek = await readKekOfRestore(args);
    const options = {
      ...{ backup, kek, dataDirectory: directory, keyDirectory: keyDirectory() },
      ...{ now: unixSeconds, reason: args.find("reason") ?? "" },
    };
    const receiving = await beginReceiving(options);
    makeDataFolder(directory);
    if (order !== null) requirePlaceForOrder(order, receiving.order);
    const listeners: Listener[] = [];
    try {
      const ready = await listen(receiving, context, directory, listeners);
      const replaced = order !== null && writeOrder(order, receiving.order);
      const said = replaced ? { ...ready, orderReplaced: true } : ready;
      process.stdout.write(out.json ? `${JSON.stringify(said)}\n` : `${releaseText(ready)}\n`);
      if (replaced) out.say(`${order} held an older order of this backup. ${REPLACED}`);
      const restored = await withPinOfNewAgent(() => finishReceiving(receiving, options));
      writeSettings(directory, restored.settings);
      tellRestored(out, directory, restored, { restored: true });
      return 0;
    } finally {
      receiving.close();
      for (const each of listeners) await each.close();
    }
  },
};

const REPLACED =
  "It is replaced: the key that it names ended with the run that wrote it, so what was approved and given for it counts no more, and none of it is lost from the backup. Give this one to administrators, then to custodians.";

function orderPath(args: Arguments): string | null {
  const order = args.find("order");
  return order === undefined ? null : resolve(order);
}

/** Opens the socket and the page. @returns what to announce, once all that may fail before has been done */
async function listen(receiving: Receiving, { args }: CommandContext, directory: string, listeners: Listener[]) {
  const logger = createProcessLogger();
  const admin = resolve(args.find("admin") ?? join(directory, "admin.sock"));
  listeners.push(await startReceivingAdmin(receiving, admin, logger));
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
  return {
    ...{ receiving: true, tid: receiving.tid, words: receiving.words, release, k, custodians, admin },
    approveUrl: at && !isLocalDomain(receiving.roster) ? `${at}/approve#${release}` : null,
    custodianUrl: at && `${at}/custodian`,
  };
}

/** Where the page was before the disaster: passkeys belong to exactly that address. */
function originOf(roster: Roster, page: string): string {
  const origins = roster.admins.flatMap(({ creds }) =>
    creds.flatMap((each) => ("origin" in each ? [each.origin] : [])),
  );
  return origins[0] ?? `http://agent.localhost:${page.slice(page.lastIndexOf(":") + 1)}`;
}
