import { createPublicKey } from "node:crypto";
import { decodeBase64url, parseImportOffer, type Signed } from "@holdfast/protocol";
import type { ActAnswer, ImportView, KeyView, ReceivedView } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import type { AdminClient } from "./admin-client.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";
import { keyTable } from "./key-text.ts";
import { readNamedFile } from "./named-file.ts";
import { showTime, table } from "./output.ts";
import { requireNewFile } from "./place-files.ts";
import { transferForm, writeNewFile } from "./transfer-options.ts";

/** An offer as the agent's socket gives it. */
export interface OfferAnswer {
  readonly offer: Signed;
  readonly chain: readonly unknown[];
}

/** How many keys an import is for. @throws {@link CliError} `E_USAGE` */
function readMost({ args }: CommandContext): number {
  const most = Number(args.find("most") ?? 1000);
  if (!Number.isInteger(most) || most < 1 || most > 1000) throw args.usageError("--most is a number from 1 to 1000.");
  return most;
}

const importBegin: Command = {
  usage: "--out OFFER [--form hpke|rsa-oaep|rsa-kwp] [--most N] [--reason TEXT] [--wait]",
  options: {
    ...COMMON_OPTIONS,
    ...ACT_OPTIONS,
    out: { type: "string" },
    form: { type: "string" },
    most: { type: "string" },
  },
  async run(context) {
    const { args, admin } = context;
    const path = args.get("out");
    let begun: ActAnswer | null = null;
    const form = transferForm(args);
    const act = { act: "import.begin", args: { form, most: readMost(context) } };
    for (const file of filesOf(path, form)) requireNewFile(file);
    const exit = await carryOut(context, act, (answer) => {
      begun = answer;
    });
    const answer = begun as ActAnswer | null;
    if (answer !== null)
      await writeOffer(context, admin(), answer.hash, path).catch((cause: unknown) => {
        throw notWritten(answer.hash, cause);
      });
    return exit;
  },
};

const importOffer: Command = {
  usage: "IMPORT --out OFFER",
  words: 1,
  options: { ...COMMON_OPTIONS, out: { type: "string" } },
  async run(context) {
    const { args, admin } = context;
    await writeOffer(context, admin(), args.word(0, "IMPORT"), args.get("out"));
    return 0;
  },
};

/** The offer, and its key alone where another tool is to wrap for it. */
function filesOf(path: string, form: string): string[] {
  return form === "hpke" ? [path] : [path, `${path}.pem`];
}

/** The import is open whatever became of its file. */
function notWritten(importId: string, cause: unknown): unknown {
  if (!(cause instanceof CliError) || cause.code !== "E_FILE") return cause;
  return new CliError(
    "E_FILE",
    `The import ${importId} is open, but its offer was not written. ${cause.message}`,
    `Write it again: \`holdfast-agent import offer ${importId} --out FILE\`; or end it: \`holdfast-agent import end ${importId}\`.`,
    { importId },
  );
}

async function writeOffer({ out }: CommandContext, admin: AdminClient, importId: string, path: string): Promise<void> {
  const answer = await admin.get<OfferAnswer>(`/v1/imports/${encodeURIComponent(importId)}`);
  const { exp, form, most, pub } = parseImportOffer(decodeBase64url(answer.offer.doc));
  const files = filesOf(path, form);
  for (const file of files) requireNewFile(file);
  const [offer = path, pem] = files;
  writeNewFile(offer, `${JSON.stringify(answer)}\n`);
  if (pem !== undefined) writeNewFile(pem, pemOf(decodeBase64url(pub)));
  out.result(
    { importId, form, most, exp, files },
    () =>
      `The import is open for ${most} keys until ${showTime(exp)}.\n${files.join("\n")}\n\nWhere the keys are: holdfast-agent import seal --offer ${path} --words '…' --in FILE --out SEALED\n(the words are the key server's own: holdfast-agent status)`,
  );
}

function pemOf(spki: Uint8Array): string {
  return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" })
    .export({ format: "pem", type: "spki" })
    .toString();
}

const importList: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const { imports } = await admin().get<{ imports: ImportView[] }>("/v1/imports");
    out.result({ imports }, () =>
      imports.length === 0
        ? "No import is open."
        : table(
            ["IMPORT", "FORM", "KEYS", "UNTIL"],
            imports.map(({ importId, form, most, exp }) => [importId, form, String(most), showTime(exp)]),
          ),
    );
    return 0;
  },
};

const importEnd: Command = {
  usage: "IMPORT",
  words: 1,
  options: COMMON_OPTIONS,
  async run({ admin, args, out }) {
    const answer = await endImport(admin(), args.word(0, "IMPORT"));
    out.result(answer, `Ended: ${answer.ended}. What was sealed to it opens nowhere.`);
    return 0;
  },
};

/** Has the agent destroy an open import's one-time key. */
export function endImport(admin: AdminClient, importId: string): Promise<{ readonly ended: string }> {
  return admin.post(`/v1/imports/${encodeURIComponent(importId)}/end`, {});
}

const importCommit: Command = {
  usage: "SEALED [--from NAME] [--reason TEXT] [--wait]",
  words: 1,
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS, from: { type: "string" } },
  async run(context) {
    const sealed = readNamedFile(context.args.word(0, "SEALED"));
    return commitSealed(context, sealed);
  },
};

/** Gives sealed keys to the agent and has them taken in. */
export async function commitSealed(context: CommandContext, sealed: Uint8Array): Promise<number> {
  const { admin, args, out } = context;
  const body = { sealed: Buffer.from(sealed).toString("base64url"), label: args.find("from") ?? "whoever sealed them" };
  const received = await admin().post<ReceivedView>("/v1/imports/sealed", body);
  out.say(`As they were sealed: ${received.sealedWords.join(" ")}`);
  out.say(`To read out to whoever approves: ${received.words.join(" ")}`);
  return carryOut(context, { act: "import.commit", args: { sealed: received.reference } }, (answer) =>
    showTaken(context, answer.keys ?? [], received),
  );
}

function showTaken({ out }: CommandContext, keys: readonly KeyView[], { sealedWords }: ReceivedView): void {
  out.result({ keys, words: sealedWords }, () =>
    [
      keyTable(keys),
      "They count as known to a former holder until they are rotated: `holdfast-agent key rotate`. Destroy the files they came from once they are used here.",
    ].join("\n\n"),
  );
}

/** Import on the key server's side. `import seal` runs where the keys are. */
export const importCommands = {
  "import begin": importBegin,
  "import offer": importOffer,
  "import list": importList,
  "import commit": importCommit,
  "import end": importEnd,
};
