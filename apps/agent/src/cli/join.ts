import { resolve } from "node:path";
import {
  encodeBase64url,
  evidenceQuestion,
  type JoinRequest,
  type MachineEvidence,
  ProtocolError,
  parseJoinBundle,
  parseRootTransferFile,
  type Untrusted,
} from "@holdfast/protocol";
import { beginJoin, takeRoot } from "../custody/root-transfer/join-domain.ts";
import { peekIdentity } from "../custody/root-transfer/peek-identity.ts";
import type { Arguments } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, type CommandContext, PASSPHRASE_OPTIONS } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { requireNewFile } from "./place-files.ts";
import { certificatesIn } from "./read-makers.ts";
import { askText, readPassphrase } from "./terminal.ts";
import { writeNewFile } from "./transfer-options.ts";

export const join: Command = {
  usage:
    "--data DIR --from FILE [--words 'w1 … w8'] [--request FILE] [--tpm-quote FILE --tpm-signature FILE --tpm-certificates PEM] [--passphrase-file PATH]   (--question: what this machine's TPM is to sign)",
  options: {
    ...COMMON_OPTIONS,
    ...PASSPHRASE_OPTIONS,
    from: { type: "string" },
    words: { type: "string" },
    request: { type: "string" },
    question: { type: "boolean" },
    "tpm-quote": { type: "string" },
    "tpm-signature": { type: "string" },
    "tpm-certificates": { type: "string" },
  },
  async run(context) {
    const { args, out, dataDirectory } = context;
    if (args.flag("question")) {
      const question = Buffer.from(evidenceQuestion(peekIdentity(dataDirectory()).aik)).toString("hex");
      out.result({ question }, () =>
        [
          `${question}`,
          "Have the TPM sign it with a key that has a certificate of its maker:",
          `  tpm2_quote -c ak.ctx -l sha256:0,1,2,3,4,5,6,7 -q ${question} -m quote.bin -s signature.bin`,
        ].join("\n"),
      );
      return 0;
    }
    return orSaidPlainly(() => takeFile(context));
  },
};

/** Takes the file, whichever it is. */
function takeFile(context: CommandContext): Promise<number> {
  const { args } = context;
  const value = readJson(args.get("from"));
  const file = (value as { file?: unknown } | null)?.file;
  if (file === "join-bundle") return pin(context, value);
  if (file === "root-transfer") return take(context, value);
  throw new CliError(
    "E_FILE",
    "The file is neither a bundle nor a root key that was sent.",
    "Name what `holdfast-agent agent bundle` or `agent send-root` wrote on a key server of the environment.",
  );
}

async function orSaidPlainly(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== "E_GENESIS") throw error;
    const said = "The words are not those of the environment in this file, or it has no founding document that holds.";
    throw Object.assign(new ProtocolError("E_GENESIS", `${said} Nothing was kept.`), {
      next: "Read them again from the other key server's console. If they still differ, somebody gave you another environment: stop, and report it.",
    });
  }
}

/** Pins the domain whose words are typed, and writes the request. */
async function pin({ args, out, dataDirectory }: CommandContext, value: unknown): Promise<number> {
  const bundle = parseJoinBundle(value) as Untrusted<ReturnType<typeof parseJoinBundle>>;
  const question = "The eight words that the other key server's console shows (`agent bundle`, `status`): ";
  const words = args.find("words") ?? (await askText(question));
  if (words === null) throw args.usageError("--words is missing, and there is no terminal to ask at.");
  const asked = args.find("request");
  if (asked !== undefined) requireNewFile(resolve(asked), "request");
  const request = await beginJoin(dataDirectory(), bundle, words, evidenceIn(args));
  const path = resolve(asked ?? `${request.agent.aid}.join.json`);
  writeNewFile(path, Buffer.from(`${JSON.stringify(request)}\n`, "utf8"));
  out.result({ tid: request.tid, aid: request.agent.aid, request: path }, () => pinnedText(request, path));
  return 0;
}

function pinnedText({ tid, agent }: JoinRequest, path: string): string {
  return [
    `The words are those of ${tid}. This key server, ${agent.label} (${agent.aid}), believes nothing else from now on.`,
    `Its request: ${path}`,
    "Give it to a key server of the environment, at an address of `intro invite --kind agent` or by `agent introduce`; approvers hear three of the words it shows.",
    "Once the change is in force there, `agent send-root` writes the root key for this one: `join --from` takes it.",
  ].join("\n");
}

async function take({ args, out, dataDirectory }: CommandContext, value: unknown): Promise<number> {
  const file = parseRootTransferFile(value) as Untrusted<ReturnType<typeof parseRootTransferFile>>;
  const folder = dataDirectory();
  const protectedBy = peekIdentity(folder).kek;
  const passphrase =
    protectedBy === "passphrase" || protectedBy === "pkcs11"
      ? await readPassphrase({ file: args.find("passphrase-file") }, "What opens this key server")
      : undefined;
  const { tid } = await takeRoot(folder, file, Math.floor(Date.now() / 1000), passphrase);
  out.result({ tid, joined: true }, () =>
    [
      `The root key of ${tid} is here, sealed as this key server's own was; nobody needs the file any more: destroy it.`,
      "In this version a key server that joined keeps the root key and serves no keys. It can witness the log: `holdfast-agent witness serve`, and `witness add` on the one that founded the environment.",
    ].join("\n"),
  );
  return 0;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readNamedFile(resolve(path)).toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new CliError("E_FILE", `${path} is not JSON.`, "Name the file as it was written.");
    throw error;
  }
}

function evidenceIn(args: Arguments): MachineEvidence[] {
  const names = ["tpm-quote", "tpm-signature", "tpm-certificates"] as const;
  const [quote, sig, certificates] = names.map((name) => args.find(name));
  if (quote === undefined && sig === undefined && certificates === undefined) return [];
  if (quote === undefined || sig === undefined || certificates === undefined)
    throw args.usageError(`${names.map((name) => `--${name}`).join(", ")} belong together.`);
  const bytes = (path: string) => encodeBase64url(readNamedFile(resolve(path)));
  return [{ kind: "tpm", quote: bytes(quote), sig: bytes(sig), x5c: certificatesIn(resolve(certificates)) }];
}
