import { resolve } from "node:path";
import type { JoinBundle, RootTransferFile } from "@holdfast/protocol";
import type { RosterAnswer, TakenAnswer } from "../admin/answers.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { table } from "./output.ts";
import { proposeChange } from "./roster-text.ts";
import { fillNewFile, writeNewFile } from "./transfer-options.ts";

const agentList: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const { agents } = await admin().get<RosterAnswer>("/v1/roster");
    out.result({ agents }, () =>
      table(
        ["KEY SERVER", "ID"],
        agents.map(({ label, aid }) => [label, aid]),
      ),
    );
    return 0;
  },
};

const agentBundle: Command = {
  usage: "FILE",
  words: 1,
  options: COMMON_OPTIONS,
  async run({ admin, args, out }) {
    const path = resolve(args.word(0, "FILE"));
    const { bundle, words } = await admin().get<{ bundle: JoinBundle; words: string[] }>("/v1/join-bundle");
    writeNewFile(path, Buffer.from(`${JSON.stringify(bundle)}\n`, "utf8"));
    out.result({ path, words }, () =>
      [
        `Written: ${path}`,
        "On the new key server: `holdfast-agent join --from FILE`. It asks for these eight words; read them out, send them with nothing:",
        `  ${words.join(" ")}`,
      ].join("\n"),
    );
    return 0;
  },
};

const agentIntroduce: Command = {
  usage: "FILE --name NAME   (or have its operator give it: `intro invite --kind agent --label NAME`)",
  words: 1,
  options: { ...COMMON_OPTIONS, name: { type: "string" } },
  async run({ admin, args, out }) {
    const offer = readNamedFile(resolve(args.word(0, "FILE"))).toString("utf8");
    const request = { kind: "agent", label: args.get("name"), offer };
    const answer = await admin().post<TakenAnswer>("/v1/introductions", request);
    out.result(answer, () =>
      [
        `Taken: ${answer.reference}`,
        "Whoever approves it is asked for three of these words. Read them out to them:",
        `  ${answer.words.join(" ")}`,
        `Then: holdfast-agent agent add ${answer.reference}`,
      ].join("\n"),
    );
    return 0;
  },
};

const agentAdd: Command = {
  usage: "intro:HASH",
  words: 1,
  options: COMMON_OPTIONS,
  run: (context) => proposeChange(context, { intros: [context.args.word(0, "intro:HASH")] }),
};

const agentRemove: Command = {
  usage: "NAME|ID",
  words: 1,
  options: COMMON_OPTIONS,
  run: (context) => proposeChange(context, { removeAgent: context.args.word(0, "NAME") }),
};

const agentSendRoot: Command = {
  usage: "ID FILE",
  words: 2,
  options: COMMON_OPTIONS,
  async run({ admin, args, out }) {
    const path = resolve(args.word(1, "FILE"));
    const aid = args.word(0, "ID");
    await fillNewFile(path, async () => {
      const file = await admin().post<RootTransferFile>("/v1/root-transfer", { aid });
      return `${JSON.stringify(file)}\n`;
    });
    out.result({ path, to: aid }, () =>
      [`Written: ${path}. Only ${aid} can open it.`, "On that key server: `holdfast-agent join --from FILE`."].join(
        "\n",
      ),
    );
    return 0;
  },
};

/** The commands about the key servers of an environment. */
export const agentCommands = {
  "agent list": agentList,
  "agent bundle": agentBundle,
  "agent introduce": agentIntroduce,
  "agent add": agentAdd,
  "agent send-root": agentSendRoot,
  "agent remove": agentRemove,
};
