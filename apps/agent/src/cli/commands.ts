import { resolve } from "node:path";
import type { ActAnswer } from "../admin/answers.ts";
import { showCancelled } from "./cancel-answer.ts";
import { AgentRefusal } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, EXIT_PENDING } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { showTime, table } from "./output.ts";
import { requireNewFile } from "./place-files.ts";
import { writeNewFile } from "./transfer-options.ts";

interface PendingView {
  hash: string;
  title: string;
  status: string;
  have: number;
  need: number;
  /** When it is carried out, where its delay runs; null while it waits for approvals. */
  due: number | null;
  exp: number;
  approveUrl: string | null;
}

export const commandList: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const { commands } = await admin().get<{ commands: PendingView[] }>("/v1/commands");
    out.result({ commands }, () =>
      commands.length === 0
        ? "Nothing waits."
        : table(
            ["COMMAND", "WHAT", "STATUS", "APPROVALS", "RUNS", "UNTIL"],
            commands.map((command) => [
              command.hash,
              command.title,
              command.status,
              `${command.have} of ${command.need}`,
              command.due === null ? "when approved" : showTime(command.due),
              showTime(command.exp),
            ]),
          ),
    );
    return 0;
  },
};

export const commandDeliver: Command = {
  usage: "FILE",
  words: 1,
  options: COMMON_OPTIONS,
  async run({ admin, args, out }) {
    const envelope = readNamedFile(args.word(0, "FILE")).toString("base64url");
    const answer = await admin().post<ActAnswer>("/v1/envelope", { envelope });
    if (answer.outcome === "refused") {
      const {
        code = "E_REFUSED",
        what = "The envelope was refused.",
        next = "See `holdfast-agent audit tail`.",
      } = answer;
      throw new AgentRefusal(409, code, what, next);
    }
    const where =
      answer.outcome === "pending" && answer.approveUrl ? `\nIt waits for approvals at\n  ${answer.approveUrl}` : "";
    out.result(answer, `${answer.outcome}: ${answer.hash}${where}`);
    return answer.outcome === "pending" ? EXIT_PENDING : 0;
  },
};

export const commandExport: Command = {
  usage: "HASH --out FILE",
  words: 1,
  options: { ...COMMON_OPTIONS, out: { type: "string" } },
  async run({ admin, args, out }) {
    const asked = args.word(0, "HASH");
    const path = resolve(args.get("out"));
    requireNewFile(path);
    const found = await admin().get<{ hash: string; status: string; envelope: string }>(
      `/v1/commands/${encodeURIComponent(asked)}/envelope`,
    );
    const { hash, status, envelope } = found;
    writeNewFile(path, Buffer.from(envelope, "base64url"));
    out.result(
      { hash, status, path },
      `Written: ${path}, with the approvals it has (${status}). It holds nothing secret; \`holdfast-agent command deliver FILE\` takes it.`,
    );
    return 0;
  },
};

export const commandCancel: Command = {
  usage: "HASH",
  words: 1,
  options: COMMON_OPTIONS,
  async run(context) {
    const hash = context.args.word(0, "HASH");
    return showCancelled(await context.admin().post<ActAnswer>("/v1/cancel", { hash }), context);
  },
};
