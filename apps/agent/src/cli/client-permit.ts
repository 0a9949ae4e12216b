import { resolve } from "node:path";
import { LONGEST_PERMIT_SECONDS, LONGEST_PERMITTED_SECONDS, MOST_PERMITTED } from "@holdfast/protocol";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { readDurationSeconds } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { clientText } from "./client-text.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readGrant } from "./grant-words.ts";
import { checkPlace, placeFiles } from "./place-files.ts";

export const clientPermit: Command = {
  usage:
    "NAME --out DIR --grant 'OPS on group:G' --from NETWORK[,NETWORK…] --most N [--for P7D] [--validity P1D] [--renewable] [--reason TEXT] [--wait]",
  words: 1,
  options: {
    ...COMMON_OPTIONS,
    ...ACT_OPTIONS,
    out: { type: "string" },
    grant: { type: "string" },
    from: { type: "string", multiple: true },
    most: { type: "string" },
    for: { type: "string", default: "P7D" },
    validity: { type: "string", default: "P1D" },
    renewable: { type: "boolean" },
  },
  run(context) {
    const { args, out } = context;
    const label = args.word(0, "NAME");
    const directory = resolve(args.get("out"));
    const { ops, keys } = readGrant(args.get("grant"));
    if (keys.kind !== "group") throw args.usageError("--grant names one group: 'encrypt,decrypt on group:NAME'.");
    const networks = args.all("from").flatMap((each) => each.split(","));
    if (networks.length === 0) throw args.usageError("--from is missing: the networks that machines come from.");
    const most = Number(args.get("most"));
    if (!Number.isInteger(most) || most < 1 || most > MOST_PERMITTED)
      throw args.usageError(`--most is 1 to ${MOST_PERMITTED}.`);
    const lasts = readDurationSeconds(args.get("for"), "for");
    if (lasts < 60 || lasts > LONGEST_PERMIT_SECONDS) throw args.usageError("--for is PT1M to P30D.");
    const validitySec = readDurationSeconds(args.get("validity"), "validity");
    if (validitySec < 3600 || validitySec > LONGEST_PERMITTED_SECONDS)
      throw args.usageError("--validity is PT1H to P397D.");
    checkPlace(directory, ["enrolment.secret", "ca.crt"], "out");
    // A minute less than the most, so that a clock a little behind the key server's asks for nothing too long.
    const until = Math.floor(Date.now() / 1000) + Math.min(lasts, LONGEST_PERMIT_SECONDS - 60);
    const profile = { most, networks, validitySec, renewable: args.flag("renewable"), until };
    const request = { act: "client.permit", args: { label, ops, group: keys.id, ...profile } };
    return carryOut(context, request, ({ client, files }) => {
      if (!client) return;
      let paths: string[];
      try {
        paths = placeFiles(directory, files ?? []);
      } catch {
        throw new CliError(
          "E_FILE",
          `The secret was made, but cannot be written to ${directory}; it is gone.`,
          `Withdraw it with \`holdfast-agent client revoke ${client.clientId}\`, then make another.`,
        );
      }
      out.result({ ...client, files: paths }, () =>
        [
          clientText(client),
          `Files: ${paths.join(", ")}`,
          "The secret is nowhere else. Put it where the machines get their other secrets from, and on each:\n  holdfast-agent client enrol --server https://HOST:7443 --secret enrolment.secret --ca ca.crt --cert DIR",
        ].join("\n\n"),
      );
    });
  },
};
