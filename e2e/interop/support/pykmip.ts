import { spawn } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../apps/agent/src/local-page/testing/page-caller.ts";

/** The Python that has PyKMIP, as `npm test` found or brought it; undefined where there is none. */
export const PYKMIP = process.env["PYKMIP_PYTHON"] || undefined;

const DRIVER = fileURLToPath(new URL("../pykmip_driver.py", import.meta.url));
const SERVER = fileURLToPath(new URL("../pykmip_server.py", import.meta.url));

/** What one step of a scene came to. */
export interface Seen {
  readonly ok: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  readonly value?: any;
  readonly kind?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Paths of a client's files. */
export interface ClientFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** What PyKMIP's client is to do, and with whom. */
export interface SceneRequest {
  readonly scene: "operations" | "strangers" | "keep" | "reopen";
  readonly port: number;
  readonly version: string;
  readonly clients: Readonly<Record<string, ClientFiles>>;
  readonly given?: object;
}

/** Plays a scene with PyKMIP's client. @returns what it saw, step by step */
export async function play(request: SceneRequest): Promise<Record<string, Seen>> {
  const child = spawn(PYKMIP as string, [DRIVER], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(JSON.stringify({ host: "127.0.0.1", ...request }));
  const texts = Promise.all([child.stdout, child.stderr].map(textOf));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const [seen = "", errors = ""] = await texts;
  if (code !== 0) throw new TypeError(`PyKMIP's client ended with ${code}: ${errors}`);
  return JSON.parse(seen) as Record<string, Seen>;
}

/** PyKMIP's own server, in a folder of its own. */
export interface PykmipServer {
  readonly port: number;
  readonly client: ClientFiles;
  close(): Promise<void>;
}

export async function startPykmipServer(): Promise<PykmipServer> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-pykmip-"));
  const port = await freePort();
  const child = spawn(PYKMIP as string, [SERVER, folder, String(port)], { stdio: ["ignore", "pipe", "pipe"] });
  const errors = textOf(child.stderr);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    void ended.then(async () => reject(new TypeError(`PyKMIP's server ended: ${await errors}`)));
  });
  return {
    port,
    client: { cert: join(folder, "app.crt"), key: join(folder, "app.key"), ca: join(folder, "ca.crt") },
    async close() {
      child.kill("SIGINT");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Material of the objects that PyKMIP's client registers, as hex. */
export function sampleMaterial(certificate: string): Readonly<Record<string, string>> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  return {
    publicKey: hex(publicKey.export({ format: "der", type: "pkcs1" })),
    privateKey: hex(privateKey.export({ format: "der", type: "pkcs8" })),
    certificate: hex(new X509Certificate(certificate).raw),
  };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}
