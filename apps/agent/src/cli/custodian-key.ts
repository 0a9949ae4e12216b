import { dirname, resolve } from "node:path";
import { encodeBase32, encodeMnemonic } from "@holdfast/protocol";
import { newPassphrase, offerOf, sealKeyFile } from "@holdfast/protocol/custodian";
import { CustodyError } from "../custody/errors.ts";
import { createPrivateFile } from "../custody/private-file.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, PASSPHRASE_OPTIONS } from "./command.ts";
import { facts } from "./output.ts";
import { makeFolder, requireNewFile } from "./place-files.ts";
import { readPassphrase } from "./terminal.ts";

/** `escrow custodian-key`: needs no agent; it is for the custodian's own computer. */
export const custodianKey: Command = {
  usage: "--name NAME --out FILE [--passphrase-file PATH | --passphrase-fd N] [--print-words]",
  options: {
    ...COMMON_OPTIONS,
    ...PASSPHRASE_OPTIONS,
    name: { type: "string" },
    out: { type: "string" },
    "print-words": { type: "boolean" },
  },
  async run({ args, out }) {
    const path = resolve(args.get("out"));
    makeFolder(dirname(path), "out");
    for (const file of [path, `${path}.public`]) requireNewFile(file);
    const given = args.find("passphrase-file") !== undefined || args.find("passphrase-fd") !== undefined;
    const source = { file: args.find("passphrase-file"), descriptor: args.find("passphrase-fd") };
    const made = given ? null : newPassphrase();
    const passphrase = made ?? (await readPassphrase(source, ""));
    if ([...passphrase].length < 12) throw new CustodyError("E_PASSPHRASE_WEAK");
    const seed = crypto.getRandomValues(new Uint8Array(32));
    const seat = encodeBase32(crypto.getRandomValues(new Uint8Array(16)));
    const offer = await offerOf(seed, seat);
    const hpke = offer.routes[0]?.hpke ?? "";
    const file = await sealKeyFile(seed, { name: args.get("name"), seat, hpke }, passphrase);
    const words = args.flag("print-words") ? encodeMnemonic(seed) : null;
    seed.fill(0);
    write(path, file);
    write(`${path}.public`, offer);
    out.result({ file: path, public: `${path}.public`, seat, hpke, passphrase: made, words }, () =>
      [
        facts([
          ["key file", path],
          ["to introduce", `${path}.public`],
          ...(made === null ? [] : [["its passphrase", made] as [string, string]]),
          ...(words === null ? [] : [["the same on paper", words.join(" ")] as [string, string]]),
        ]),
        "",
        "Keep the key file and its passphrase in two places. The public part goes to the key server: `holdfast-agent intro add --kind custodian --label NAME FILE`.",
        ...(made === null ? [] : ["The passphrase is shown this once."]),
      ].join("\n"),
    );
    return 0;
  },
};

function write(path: string, value: object): void {
  const fault = createPrivateFile(path, Buffer.from(`${JSON.stringify(value, null, 2)}\n`, "utf8"));
  if (fault !== null)
    throw new CliError("E_FILE", `${path} cannot be written (${fault}).`, "Name a file that is not there yet.");
}
