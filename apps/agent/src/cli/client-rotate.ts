import { X509Certificate } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join, resolve } from "node:path";
import type { IssuedFile } from "../admin/answers.ts";
import { newClientRequest } from "../clients/new-client-request.ts";
import { type NoAnswer, takeAnswer, type WholeAnswer } from "../json-http/take-answer.ts";
import { AgentRefusal, CliError } from "./cli-error.ts";
import { formatOf, numbered } from "./client-create.ts";
import { CLIENT_FORMATS, type ClientFormat, type ClientMaterial } from "./client-formats.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { facts, showTime } from "./output.ts";
import { checkPlace, placeFiles } from "./place-files.ts";

/** Where certificate, key and authority are in the formats that can be read again. */
const READABLE = [
  ["client.crt", "client.key", "ca.crt"],
  ["mongodb-kmip.pem", "mongodb-kmip.pem", "ca.crt"],
  ["kms-certificate.pem", "kms-private-key.pem", "key-server-ca.pem"],
  ["cert.pem", "key.pem", "CA.pem"],
] as const;
/** How Node says that no authority at hand vouches for a server. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_SIGNATURE_FAILURE",
]);
const LIMITS = { withinMs: 30_000, maxBytes: 1024 * 1024 };

interface Renewed {
  certificate: string;
  ca: string;
  clientId: string;
  notAfter: number;
  previousUntil: number | null;
}

export const clientRotate: Command = {
  usage: `--cert DIR [--url https://HOST:PORT] [--ca FILE] [--out DIR --format ${Object.keys(CLIENT_FORMATS).join("|")} --server HOST:PORT]`,
  options: {
    ...COMMON_OPTIONS,
    cert: { type: "string" },
    url: { type: "string", default: "https://localhost:7443" },
    out: { type: "string" },
    format: { type: "string", default: "pem" },
    server: { type: "string" },
    ca: { type: "string" },
  },
  async run({ args, out }) {
    const folder = resolve(args.get("cert"));
    const given = args.find("ca");
    const present = readMaterial(folder, given === undefined ? null : readAuthority(resolve(given)));
    const elsewhere = args.find("out");
    const into = resolve(elsewhere ?? folder);
    const format = elsewhere === undefined ? present.format : formatOf(args);
    if (elsewhere !== undefined) checkPlace(into, format.names, "out");
    const { csrPem, keyPem } = await newClientRequest();
    const url = new URL("/v1/certificate/renew", urlOf(args.get("url"), args.usageError.bind(args)));
    const renewed = await renew(url, present, csrPem);
    const material: ClientMaterial = {
      ...{ label: commonNameOf(renewed.certificate), certificate: renewed.certificate, key: keyPem, ca: renewed.ca },
      server: serverNamed(args.find("server"), url, args.usageError.bind(args)),
    };
    const files = format.files(material);
    const { clientId, notAfter, previousUntil } = renewed;
    let paths: string[];
    try {
      paths = elsewhere === undefined ? replaceFiles(into, files, present.names) : placeFiles(into, files);
    } catch {
      const stays = previousUntil === null ? "" : ` The certificate before is good until ${showTime(previousUntil)}.`;
      throw new CliError(
        "E_FILE",
        `The certificate was renewed, but its files cannot be written to ${into}.${stays}`,
        "See to the folder and its space, then run it again with the files of before.",
      );
    }
    const steps = elsewhere === undefined ? [removeBefore(into, previousUntil)] : format.steps(material, into);
    out.result({ clientId, notAfter, previousUntil, files: paths, steps }, () =>
      [
        facts([
          ["client", clientId],
          ["until", showTime(notAfter)],
          ["key before", previousUntil === null ? "the same" : `good until ${showTime(previousUntil)}`],
        ]),
        `Files: ${paths.join(", ")}`,
        ...numbered(steps),
      ].join("\n\n"),
    );
    return 0;
  },
};

/** What is left of the key before is a private key that is still good. */
function removeBefore(folder: string, until: number | null): string {
  const good = until === null ? "" : `, good until ${showTime(until)}`;
  return `${folder}/*.before are the files before, with their private key${good}: remove them when the program runs with the new ones.`;
}

type Refuse = (what: string) => CliError;

function urlOf(text: string, refuse: Refuse): URL {
  const url = URL.parse(text);
  if (url === null || url.protocol !== "https:") throw refuse("--url is https://HOST:PORT, the key server's REST API.");
  return url;
}

/** Where KMIP is for the application: as it was told, or on the host of the REST API. */
function serverNamed(text: string | undefined, url: URL, refuse: Refuse): ClientMaterial["server"] {
  if (text === undefined) return { host: url.hostname.replace(/^\[|\]$/g, ""), port: 5696 };
  const named = URL.parse(`kmip://${text}`);
  if (named === null || named.hostname === "") throw refuse(`--server ${text.slice(0, 60)} is not HOST:PORT.`);
  return { host: named.hostname.replace(/^\[|\]$/g, ""), port: Number(named.port || 5696) };
}

/** Authorities that a person brought. @throws {@link CliError} `E_FILE` */
function readAuthority(path: string): string {
  const text = readNamedFile(path).toString("utf8");
  try {
    return new X509Certificate(text) && text;
  } catch {
    throw new CliError("E_FILE", `${path} is no certificate in PEM.`, "Give the key server's newest ca.crt with --ca.");
  }
}

/**
 * The present certificate, key and authority.
 *
 * @param otherCa - Taken instead of the folder's authority.
 * @throws {@link CliError} `E_FILE`
 */
function readMaterial(folder: string, otherCa: string | null) {
  const names = READABLE.find((each) => each.every((name) => existsSync(join(folder, name))));
  if (names === undefined) throw notReadable(folder);
  const [certificate, key, ca] = names.map((name) => readFileSync(join(folder, name), "utf8")) as [
    string,
    string,
    string,
  ];
  const isWhole = (format: ClientFormat): boolean => names.every((name) => format.names.includes(name));
  const isHere = (format: ClientFormat): boolean => format.names.every((name) => existsSync(join(folder, name)));
  const fitting = Object.values(CLIENT_FORMATS).filter(isWhole);
  const store = fitting.find((format) => format.isStore === true && isHere(format));
  const format = store ?? fitting[0] ?? (CLIENT_FORMATS["pem"] as ClientFormat);
  return { names: store?.names ?? [...new Set(names)], certificate, key, ca: otherCa ?? ca, format };
}

function notReadable(folder: string): CliError {
  const isOwnKey = ["client.crt", "ca.crt"].every((name) => existsSync(join(folder, name)));
  if (isOwnKey)
    return new CliError(
      "E_FILE",
      `${folder} has no client.key: the application made its key itself.`,
      "Put that key there as client.key, and a new one is made beside it; or, where a key must not leave its place, send a request of your own: docs/operate/certificates.md, Renewing.",
    );
  return new CliError(
    "E_FILE",
    `${folder} holds no certificate, key and authority in PEM.`,
    "Name the folder that `client create` wrote, with --cert. PKCS#12 and JKS are not read; the PEM files beside them are.",
  );
}

function commonNameOf(certificate: string): string {
  return /^CN=(.*)$/m.exec(new X509Certificate(certificate).subject)?.[1] ?? "client";
}

/** Asks the key server. @throws {@link AgentRefusal} with its code; {@link CliError} `E_UNREACHABLE`, `E_ANSWER` */
async function renew(
  url: URL,
  { certificate, key, ca }: { certificate: string; key: string; ca: string },
  csr: string,
): Promise<Renewed> {
  const body = Buffer.from(JSON.stringify({ csr }));
  const headers = { "content-type": "application/json", "content-length": body.length };
  const call = request(url, { method: "POST", headers, cert: certificate, key, ca });
  const answer = await takeAnswer(call, LIMITS, body).catch(({ code, why }: NoAnswer) => {
    throw UNTRUSTED.has(code ?? "") ? untrusted(url) : unreachable(url, why);
  });
  return readRenewed(answer);
}

/** @throws {@link AgentRefusal} with the key server's code; {@link CliError} `E_ANSWER` */
function readRenewed({ status, body }: WholeAnswer): Renewed {
  let answer: Renewed & { code?: string; title?: string; next?: string };
  try {
    answer = JSON.parse(body.toString("utf8")) as typeof answer;
  } catch {
    throw new CliError("E_ANSWER", "The answer is not one of a key server.", "Check --url.");
  }
  if (status === 200) return answer;
  const { code = "E_REFUSED", title = "It was refused.", next = "See the key server's log." } = answer;
  throw new AgentRefusal(status, code, title, next);
}

function unreachable(url: URL, why: string): CliError {
  return new CliError(
    "E_UNREACHABLE",
    `The key server at ${url.origin} cannot be asked: ${why}.`,
    "Check --url, and that its certificate names that host. Nothing was changed here.",
  );
}

/** The authority at hand does not vouch for the key server: after a change of authority, it is the one before. */
function untrusted(url: URL): CliError {
  return new CliError(
    "E_UNREACHABLE",
    `The certificate of ${url.origin} is not of an authority in this client's ca.crt: the key server may have a new authority since.`,
    "Get its newest ca.crt from whoever runs it (a new client's folder has it, `ca show --json` prints it) and give it with --ca FILE. Nothing was changed here.",
  );
}

/**
 * Puts renewed files in the place of those before, which are kept beside them as `.before`.
 *
 * Everything is written before anything is exchanged; whatever happens in between, a good pair is there under one of the
 * two names, and the key server takes both.
 */
function replaceFiles(folder: string, files: readonly IssuedFile[], names: readonly string[]): string[] {
  const exchanged = files.filter(({ name }) => names.includes(name));
  for (const { name, base64 } of exchanged) {
    const descriptor = openSync(join(folder, `${name}.new`), "w", name.endsWith(".crt") ? 0o644 : 0o600);
    try {
      writeFileSync(descriptor, Buffer.from(base64, "base64"));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
  return exchanged.map(({ name }) => {
    const path = join(folder, name);
    renameSync(path, `${path}.before`);
    renameSync(`${path}.new`, path);
    return path;
  });
}
