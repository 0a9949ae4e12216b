import { readSettings } from "../agent-settings.ts";
import { takeLock } from "../data-lock.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readServePlan, SERVE_OPTIONS } from "./serve-plan.ts";
import { untilToldToStop } from "./until-told-to-stop.ts";

export const serve: Command = {
  usage:
    "--data DIR [--rest H:P] [--kmip H:P] [--page H:P --page-origin URL [--page-tls DIR]] [--metrics H:P] [--admin SOCKET] [--san NAME]… [--client-ca FILE [--client-crl FILE]… [--client-crl-stale refuse|accept] [--client-ocsp URL|certificate] [--client-ocsp-down refuse|accept]] [--deny ACT]… [--require-fips]   (off instead of H:P leaves one out)",
  options: { ...COMMON_OPTIONS, ...SERVE_OPTIONS },
  async run({ args, dataDirectory }) {
    const ended = untilToldToStop();
    const directory = dataDirectory();
    const plan = readServePlan(args, directory);
    readSettings(directory);
    // Before the rest of the program is loaded: who calls meanwhile sees that one starts, and waits for it.
    const lock = takeLock(directory);
    const { serveAgent } = await import("./serve-agent.ts");
    await serveAgent({ dataDirectory: directory, plan, lock, ended });
    return 0;
  },
};
