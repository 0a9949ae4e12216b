import { resolve } from "node:path";
import type { ActAnswer, AuthorityAnswer, IssuedFile, StatusAnswer } from "../admin/answers.ts";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { readDurationSeconds } from "./arguments.ts";
import { AgentRefusal, CliError } from "./cli-error.ts";
import { CLIENT_FORMATS, type ClientFormat, type ClientMaterial } from "./client-formats.ts";
import { COMPANY_FORMAT, findOwnKey, OWN_KEY_FORMAT, wordsToSay } from "./client-key.ts";
import { clientText } from "./client-text.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";
import { readGrants } from "./grant-words.ts";
import { checkPlace, placeFiles } from "./place-files.ts";

const LONGEST_VALIDITY_SECONDS = 1830 * 86_400;
/** KMIP's port, where the agent says no other. */
const KMIP_PORT = 5696;

export const clientCreate: Command = {
  usage: `NAME --cert DIR --grant 'OPS on SELECTOR' … [--csr FILE | --intro HASH] [--company [--exact]] [--validity P365D] [--format ${Object.keys(CLIENT_FORMATS).join("|")}] [--server HOST:PORT] [--reason TEXT] [--wait]`,
  words: 1,
  options: {
    ...COMMON_OPTIONS,
    ...ACT_OPTIONS,
    cert: { type: "string" },
    grant: { type: "string", multiple: true },
    validity: { type: "string", default: "P365D" },
    format: { type: "string", default: "pem" },
    server: { type: "string" },
    csr: { type: "string" },
    intro: { type: "string" },
    company: { type: "boolean" },
    exact: { type: "boolean" },
  },
  async run(context) {
    const { args, out } = context;
    const isCompany = args.flag("company");
    if (isCompany && !hasOwnKey(args))
      throw args.usageError("--company needs the client's key: --csr FILE or --intro HASH.");
    if (args.flag("exact") && !isCompany) throw args.usageError("--exact goes with --company.");
    const directory = isCompany && args.find("cert") === undefined ? null : resolve(args.get("cert"));
    const grants = readGrants(args.all("grant"));
    if (grants.length === 0) throw args.usageError("--grant is missing.");
    const label = args.word(0, "NAME");
    const validitySec = readDurationSeconds(args.get("validity"), "validity");
    if (validitySec < 3600 || validitySec > LONGEST_VALIDITY_SECONDS)
      throw args.usageError("--validity is PT1H to P1830D.");
    const issued = { auth: { kind: "issued", validitySec }, taken: null, format: formatOf(args) };
    const expected = isCompany ? COMPANY_FORMAT : hasOwnKey(args) ? OWN_KEY_FORMAT : issued.format;
    if (directory !== null) checkPlace(directory, expected.names, "cert");
    const trust = isCompany ? { ca: (await context.admin().get<AuthorityAnswer>("/v1/authority")).trust } : {};
    const server = await serverOf(context);
    const { auth, taken, format } = (await findOwnKey(context, label, validitySec)) ?? issued;
    if (taken !== null && args.flag("wait")) out.say(`${wordsToSay(taken)}\n`);
    const said = taken === null ? {} : { introduced: taken.reference, words: taken.words };
    const request = { act: "client.enrol", args: { label, auth, grants } };
    const proposed = taken === null ? undefined : { value: said, text: wordsToSay(taken) };
    const show = ({ client, files }: ActAnswer) => {
      if (!client) return;
      const material = { label, server, ...textsOf(files ?? []), ...trust };
      if (directory === null) return out.result(client, () => clientText(client));
      const paths = placeOrExplain(directory, () => format.files(material), client.clientId, hasOwnKey(args));
      const steps = format.steps(material, directory);
      out.result({ ...client, files: paths, ...(steps.length === 0 ? {} : { steps }) }, () =>
        [clientText(client), `Files: ${paths.join(", ")}`, ...numbered(steps)].join("\n\n"),
      );
    };
    return carryOut(context, request, show, proposed).catch(async (error) => {
      // What was given for this enrolment alone is of no use without it.
      if (taken !== null && error instanceof AgentRefusal)
        await context.admin().post("/v1/introductions/remove", { hash: taken.hash });
      throw error;
    });
  },
};

function hasOwnKey(args: CommandContext["args"]): boolean {
  return args.find("csr") !== undefined || args.find("intro") !== undefined;
}

/** The format asked for. @throws {@link CliError} `E_USAGE` */
export function formatOf(args: CommandContext["args"]): ClientFormat {
  const name = args.get("format");
  const format = Object.hasOwn(CLIENT_FORMATS, name) ? CLIENT_FORMATS[name] : undefined;
  if (format === undefined) throw args.usageError(`--format ${name} is not known.`);
  return format;
}

/** Where the application will find the key server: as it was told, or as the agent knows. @throws {@link CliError} `E_USAGE` */
export async function serverOf({ args, admin }: CommandContext): Promise<ClientMaterial["server"]> {
  const named = args.find("server");
  const url = named ?? (await admin().get<StatusAnswer>("/v1/status")).urls.kmip?.slice("kmip://".length);
  if (url === undefined) return { host: "localhost", port: KMIP_PORT };
  const [, bracketed, plain, port] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]{1,253}))(?::(\d{1,5}))?$/.exec(url) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port ?? KMIP_PORT) > 65_535)
    throw args.usageError(`--server ${url.slice(0, 60)} is not HOST:PORT.`);
  return { host, port: Number(port ?? KMIP_PORT) };
}

/** The agent's files as texts. */
export function textsOf(files: readonly IssuedFile[]): Pick<ClientMaterial, "certificate" | "key" | "ca"> {
  const text = (name: string): string =>
    Buffer.from(files.find((each) => each.name === name)?.base64 ?? "", "base64").toString("utf8");
  return { certificate: text("client.crt"), key: text("client.key"), ca: text("ca.crt") };
}

/** Steps for a person, as one list. */
export function numbered(steps: readonly string[]): string[] {
  return steps.length === 0 ? [] : [steps.map((step, index) => `${index + 1}. ${step}`).join("\n")];
}

/** A client whose key could not be kept is worth nothing to anybody: it says how to withdraw it. */
function placeOrExplain(
  directory: string,
  files: () => readonly IssuedFile[],
  clientId: string,
  ownKey: boolean,
): string[] {
  try {
    return placeFiles(directory, files());
  } catch {
    throw new CliError(
      "E_FILE",
      `The client was enrolled, but its files cannot be written to ${directory}; its ${ownKey ? "certificate" : "private key"} is gone.`,
      `Withdraw it with \`holdfast-agent client revoke ${clientId}\`, then enrol it again${ownKey ? ", with a new key" : ""}.`,
    );
  }
}
