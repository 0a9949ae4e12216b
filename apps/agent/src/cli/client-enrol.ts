import { request } from "node:https";
import { join, resolve } from "node:path";
import { newClientRequest } from "../clients/new-client-request.ts";
import { readPrivateFile, wipeFile } from "../custody/private-file.ts";
import { type NoAnswer, takeAnswer } from "../json-http/take-answer.ts";
import { AgentRefusal, CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { facts, showTime } from "./output.ts";
import { checkPlace, createNewFile, placeFiles } from "./place-files.ts";

/** What the key server answers. */
interface EnrolAnswer {
  readonly certificate: string;
  readonly ca: string;
  readonly clientId: string;
  readonly notAfter: number;
}

/** The machine's key, from before it is asked for until its certificate is there. */
const BEGUN = "client.key.new";
const MOST_BYTES = 262_144;
const LIMITS = { withinMs: 30_000, maxBytes: MOST_BYTES };

export const clientEnrol: Command = {
  usage: "--server https://HOST:7443 --secret FILE --ca FILE --cert DIR",
  options: {
    ...COMMON_OPTIONS,
    server: { type: "string" },
    secret: { type: "string" },
    ca: { type: "string" },
    cert: { type: "string" },
  },
  async run({ args, out }) {
    const server = readServer(args.get("server"));
    if (server === null) throw args.usageError("--server is https://HOST:PORT.");
    const directory = resolve(args.get("cert"));
    const secret = readNamedFile(args.get("secret")).toString("utf8").trim();
    const ca = readNamedFile(args.get("ca")).toString("utf8");
    checkPlace(directory, ["client.crt", "client.key", "ca.crt"], "cert");
    const begun = join(directory, BEGUN);
    const { csrPem, keyPem } = await newClientRequest(findBegun(begun));
    if (findBegun(begun) === undefined) createNewFile(begun, keyPem);
    const answer = await ask(server, ca, { secret, csr: csrPem }).catch((error: unknown) => {
      if (error instanceof AgentRefusal && error.code === "E_INPUT") wipeFile(begun); // was used before: no try brings it a certificate
      throw error;
    });
    const file = (name: string, text: string) => ({
      ...{ name, mediaType: "application/x-pem-file" },
      base64: Buffer.from(text, "utf8").toString("base64"),
    });
    const paths = placeFiles(directory, [
      file("client.crt", answer.certificate),
      file("client.key", keyPem),
      file("ca.crt", answer.ca),
    ]);
    wipeFile(begun);
    const { clientId, notAfter } = answer;
    out.result({ clientId, notAfter, files: paths }, () =>
      [
        facts([
          ["client", clientId],
          ["until", showTime(notAfter)],
        ]),
        `Files: ${paths.join(", ")}`,
      ].join("\n\n"),
    );
    return 0;
  },
};

/** The key of a try whose answer was lost: with it the same machine counts once. @throws {@link CliError} `E_FILE` */
function findBegun(path: string): string | undefined {
  const read = readPrivateFile(path, MOST_BYTES);
  if (read === "missing") return undefined;
  if (read instanceof Buffer && read.includes("-----BEGIN PRIVATE KEY-----")) return read.toString("utf8");
  throw new CliError("E_FILE", `${path} is no key that this began with.`, "Move it away, and run the command again.");
}

function readServer(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === "https:" && url.pathname === "/" && url.search === "" ? url : null;
}

/** @throws {@link AgentRefusal} with the key server's code; {@link CliError} `E_ANSWER` */
async function ask(server: URL, ca: string, body: object): Promise<EnrolAnswer> {
  const payload = Buffer.from(JSON.stringify(body));
  const headers = { "content-type": "application/json", "content-length": payload.length };
  const call = request(new URL("/v1/enrol", server), { method: "POST", ca, minVersion: "TLSv1.2", headers });
  const answer = await takeAnswer(call, LIMITS, payload).catch(({ why }: NoAnswer) => {
    throw new CliError(
      "E_ANSWER",
      `The key server at ${server.host} does not answer (${why}).`,
      "Check the address, that --ca is the ca.crt that came with the secret, and run the same command again: it goes on with the same key and counts once.",
    );
  });
  return readEnrolment(answer.status, answer.body.toString("utf8"));
}

function readEnrolment(status: number, text: string): EnrolAnswer {
  const value = readJson(text);
  const { certificate, ca, clientId, notAfter, code, detail, title, next } = value;
  if (status === 200 && isText(certificate) && isText(ca) && isText(clientId) && typeof notAfter === "number")
    return { certificate, ca, clientId, notAfter };
  throw new AgentRefusal(
    status,
    isText(code) ? code : "E_ANSWER",
    isText(detail) ? detail : isText(title) ? title : `The key server answered ${status}.`,
    isText(next) ? next : "Ask whoever runs the key server.",
  );
}

function readJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new CliError("E_ANSWER", "The answer is not JSON.", "Check the address: it is the key server's REST port.");
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
