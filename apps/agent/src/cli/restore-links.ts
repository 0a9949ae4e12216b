import { linksInReport, type ProvenLinkIn, ReportError } from "@holdfast/custody-report";
import type { StatusAnswer } from "../admin/answers.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { rosterKnown } from "./restored-text.ts";

/** Links of one call: far below what the socket takes. */
const AT_ONCE = 20;

export const restoreLinks: Command = {
  usage: "REPORT",
  words: 1,
  options: COMMON_OPTIONS,
  async run(context) {
    const { admin, args, out } = context;
    const links = await linksOf(args.word(0, "REPORT"));
    const { restored } = await admin().get<StatusAnswer>("/v1/status");
    if (restored === null)
      throw new CliError(
        "E_USAGE",
        "This key server is not one that was restored and waits to be accepted.",
        "Nothing has to be done: `holdfast-agent status`.",
      );
    const newer = links.slice(restored.now.seq === 0 ? 0 : restored.now.seq - 1);
    for (let at = 0; at < newer.length; at += AT_ONCE)
      await admin().post("/v1/restore/links", { links: newer.slice(at, at + AT_ONCE) });
    const { restored: now } = await admin().get<StatusAnswer>("/v1/status");
    const learnt = (now?.now.seq ?? restored.now.seq) - restored.now.seq;
    out.result({ learnt, restored: now }, () =>
      [
        learnt === 0
          ? "The report has no change of administrators that was not known."
          : `Learnt: ${learnt === 1 ? "1 change" : `${learnt} changes`} of administrators and rules.`,
        ...(now === null ? [] : rosterKnown(now)),
      ].join("\n"),
    );
    return 0;
  },
};

/** @throws {@link CliError} `E_FILE` for what is no report */
async function linksOf(path: string): Promise<readonly ProvenLinkIn[]> {
  const bytes = readNamedFile(path);
  try {
    return await linksInReport(bytes);
  } catch (cause) {
    if (!(cause instanceof ReportError)) throw cause;
    throw new CliError(
      "E_FILE",
      `${path} is no report that can be read: ${cause.message}`,
      "Give the newest report of this environment: the PDF that `holdfast-agent report` wrote, or that the dashboard or a third party keeps.",
      { because: cause.code },
    );
  }
}
