import { X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import type { CompareAnswer, WitnessesAnswer, WitnessView } from "../admin/answers.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { showTime, table } from "./output.ts";
import { proposeChange } from "./roster-text.ts";

const witnessAdd: Command = {
  usage: "URL VKEY [--ca FILE]",
  words: 2,
  options: { ...COMMON_OPTIONS, ca: { type: "string" } },
  async run({ admin, args, out }) {
    const file = args.find("ca");
    const ca = file === undefined ? {} : { ca: readAuthority(file) };
    const request = { url: args.word(0, "URL"), vkey: args.word(1, "VKEY"), ...ca };
    const answer = await admin().post<WitnessesAnswer>("/v1/witnesses", request);
    out.result(answer, () =>
      [
        "Every new head of the log is shown to it from now on. It has to follow this log; where the witness is, run",
        ...answer.logKeys.map((vkey) => `  holdfast-agent witness follow --data ITS-FOLDER '${vkey}'`),
        "`holdfast-agent witness list` shows when it has cosigned.",
      ].join("\n"),
    );
    return 0;
  },
};

/** @throws {@link CliError} `E_FILE` for a file without a certificate: it would be found out only when nothing is trusted */
function readAuthority(file: string): string {
  const pem = readNamedFile(resolve(file)).toString("utf8");
  try {
    const [first = ""] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem) ?? [];
    new X509Certificate(first);
    return pem;
  } catch {
    throw new CliError(
      "E_FILE",
      `${file} holds no certificate in PEM.`,
      "--ca names the certificate of the authority that made the witness's own: -----BEGIN CERTIFICATE-----.",
    );
  }
}

const witnessList: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const answer = await admin().get<WitnessesAnswer>("/v1/witnesses");
    out.result(answer, () =>
      [
        `This log's key, for witnesses to follow: ${answer.logKeys.join(" ")}`,
        answer.witnesses.length === 0
          ? "Nobody else remembers this log: `holdfast-agent witness add`."
          : table(
              ["WITNESS", "WHERE", "NAMED BY", "LAST COSIGNED", "ENTRIES", "STANDS"],
              answer.witnesses.map((each) => [
                each.name,
                each.url ?? "through the control plane",
                each.named ? "administrators" : "this host",
                each.cosignedAt === null ? "never" : showTime(each.cosignedAt),
                each.cosignedSize === null ? "-" : String(each.cosignedSize),
                standing(each),
              ]),
            ),
      ].join("\n\n"),
    );
    return 0;
  },
};

const witnessRemove: Command = {
  usage: "NAME",
  words: 1,
  options: COMMON_OPTIONS,
  async run({ admin, args, out }) {
    const name = args.word(0, "NAME");
    const answer = await admin().post<WitnessesAnswer>("/v1/witnesses/remove", { name });
    out.result(answer, `${name} is not asked any more.`);
    return 0;
  },
};

const witnessName: Command = {
  usage: "VKEY",
  words: 1,
  options: COMMON_OPTIONS,
  run: (context) => proposeChange(context, { vkey: context.args.word(0, "VKEY") }, "/v1/witnesses/name"),
};

const witnessUnname: Command = {
  usage: "NAME",
  words: 1,
  options: COMMON_OPTIONS,
  run: (context) => proposeChange(context, { name: context.args.word(0, "NAME") }, "/v1/witnesses/unname"),
};

/** What a head that was found elsewhere says, and how the key server stands now. */
export function compareText({ kind, size, own, locked }: CompareAnswer): string {
  switch (kind) {
    case "own":
      return `It is a head of this log: ${size} of its ${own} entries.`;
    case "ahead":
      return `One of this environment's agents signed ${size} entries, and there are ${own} here: an older disk was put in place, or a copy runs. Nothing is changed any more: docs/operate/witness.md.`;
    case "fork":
      return [
        `One of this environment's agents signed another history at entry ${size}: it runs, or ran, twice. The evidence is kept.`,
        locked
          ? "Changes are locked until people have looked: docs/operate/witness.md."
          : "Changes are not locked: people unlocked or accepted this before. If you do not know of it, `holdfast-agent lock`.",
      ].join(" ");
    case "vouched":
      return `A witness signed another history at entry ${size}, and no agent did: the evidence is kept.`;
    case "worthless":
      return "Nobody who counts signed it, or it is of another log: it proves nothing.";
  }
}

const witnessCompare: Command = {
  usage: "FILE   (a note; exit code 1 when it is not of this history)",
  words: 1,
  options: COMMON_OPTIONS,
  async run({ admin, args, out }) {
    const file = args.word(0, "FILE");
    const note = readNamedFile(resolve(file)).toString("utf8");
    const request = { note, from: "a file" };
    const answer = await admin().post<CompareAnswer>("/v1/witnesses/compare", request);
    out.result(answer, () => compareText(answer));
    return answer.kind === "own" ? 0 : 1;
  },
};

/** What an agent's own command line says of its witnesses, in the order in which `--help` shows them. */
export const witnessCommands = {
  "witness add": witnessAdd,
  "witness list": witnessList,
  "witness remove": witnessRemove,
  "witness name": witnessName,
  "witness unname": witnessUnname,
  "witness compare": witnessCompare,
};

function standing({ silent, fault, equivocated, cosignedAt }: WitnessView): string {
  if (equivocated) return "vouched for two histories";
  if (silent) return `SILENT${fault === null ? "" : `: ${fault}`}`;
  if (fault !== null) return fault;
  return cosignedAt === null ? "not asked yet" : "good";
}
