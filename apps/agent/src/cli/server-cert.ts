import { writeFileSync } from "node:fs";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { facts, showTime } from "./output.ts";
import { requireNewFile } from "./place-files.ts";

interface Installed {
  names: string[];
  notAfter: number;
  chain: string;
}

const OWN = "The listeners show certificates of the agent's own authority, which it renews by itself.";

/** The listeners' certificate from a company's own authority: request out, chain in. */
export const serverCertCommands = {
  "server-cert csr": {
    usage: "--name NAME … [--key P-256|RSA-3072] --out FILE",
    options: {
      ...COMMON_OPTIONS,
      name: { type: "string", multiple: true },
      key: { type: "string", default: "P-256" },
      out: { type: "string" },
    },
    async run({ admin, args, out }) {
      const names = args.all("name");
      if (names.length === 0) throw args.usageError("--name is missing: a host name or address of the key server.");
      const path = args.get("out");
      requireNewFile(path);
      const key = args.get("key");
      const { csr } = await admin().post<{ csr: string }>("/v1/server-certificate/request", { names, key });
      try {
        writeFileSync(path, csr, { flag: "wx", mode: 0o644 });
      } catch {
        throw new CliError("E_FILE", `${path} cannot be written, or is there already.`, "Name a new file with --out.");
      }
      out.result(
        { csr: path, names },
        `The request is in ${path}; its key stays with the agent, sealed.\nHave it signed, then: holdfast-agent server-cert install CHAIN\nRequests over REST name one of --san or the listener's own names.`,
      );
      return 0;
    },
  },
  "server-cert install": {
    usage: "FILE   (PEM: the certificate, then its issuers)",
    words: 1,
    options: COMMON_OPTIONS,
    async run({ admin, args, out }) {
      const chain = readNamedFile(args.word(0, "FILE")).toString("latin1");
      const { installed } = await admin().post<{ installed: Installed }>("/v1/server-certificate/install", { chain });
      out.result({ installed }, () => installedText(installed));
      return 0;
    },
  },
  "server-cert show": {
    usage: "",
    options: COMMON_OPTIONS,
    async run({ admin, out }) {
      const { installed } = await admin().get<{ installed: Installed | null }>("/v1/server-certificate");
      out.result({ installed }, () => (installed === null ? OWN : installedText(installed)));
      return 0;
    },
  },
  "server-cert remove": {
    usage: "",
    options: COMMON_OPTIONS,
    async run({ admin, out }) {
      await admin().post("/v1/server-certificate/remove", {});
      out.result({ installed: null }, OWN);
      return 0;
    },
  },
} satisfies Record<string, Command>;

function installedText({ names, notAfter }: Installed): string {
  return facts([
    ["installed for", names.join(", ")],
    ["until", showTime(notAfter)],
  ]);
}
