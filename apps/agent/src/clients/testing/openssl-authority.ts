import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What OpenSSL issued, PEM, with the file of the certificate. */
export interface OpensslClient {
  readonly cert: string;
  readonly key: string;
  readonly file: string;
}

/** Whether this machine has OpenSSL. */
export const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;

/** A company's certificate authority as OpenSSL keeps one, in a folder of its own. Tests only. */
export class OpensslAuthority {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-openssl-")));
  #count = 0;
  #responder: ChildProcess | null = null;

  constructor(name = "Company") {
    mkdirSync(this.path("certs"));
    for (const [file, text] of [
      ["index.txt", ""],
      ["serial", "1000\n"],
      ["crlnumber", "01\n"],
      ["ca.cnf", CONFIGURATION],
    ] as const)
      writeFileSync(this.path(file), text);
    const extensions = [
      "-addext",
      "basicConstraints=critical,CA:TRUE",
      "-addext",
      "keyUsage=critical,keyCertSign,cRLSign",
    ];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "ca.key"];
    this.run("req", "-x509", ...key, "-out", "ca.crt", "-subj", `/CN=${name} Root`, "-days", "30", ...extensions);
  }

  get ca(): string {
    return readFileSync(this.path("ca.crt"), "utf8");
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** Issues a certificate, for a new key or for that of a client. */
  issue(
    name: string,
    { kind = "clients", of }: { kind?: "clients" | "responder"; of?: OpensslClient } = {},
  ): OpensslClient {
    this.#count += 1;
    const base = `${name}-${this.#count}`;
    const key = of?.file.replace(/\.crt$/, ".key") ?? this.path(`${base}.key`);
    if (of === undefined) this.run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key);
    this.run("req", "-new", "-key", key, "-subj", `/CN=${name}`, "-out", `${base}.csr`);
    const file = this.path(`${base}.crt`);
    const words = ["-config", "ca.cnf", "-batch", "-notext", "-extensions", kind, "-in", `${base}.csr`, "-out", file];
    this.run("ca", ...words);
    return { cert: readFileSync(file, "utf8"), key: readFileSync(key, "utf8"), file };
  }

  revoke({ file }: OpensslClient): void {
    this.run("ca", "-config", "ca.cnf", "-revoke", file);
  }

  /** Writes the list anew. @param words - Of `openssl ca`: until when it counts. */
  writeList(...words: string[]): string {
    this.run(
      "ca",
      "-config",
      "ca.cnf",
      "-gencrl",
      ...(words.length > 0 ? words : ["-crldays", "1"]),
      "-out",
      "crl.pem",
    );
    return this.path("crl.pem");
  }

  /** Starts OpenSSL's responder. @returns its address */
  async startResponder(port?: number): Promise<string> {
    const at = port ?? (await freePort());
    const signer = existsSync(this.path("signer.txt")) ? readFileSync(this.path("signer.txt"), "utf8") : "";
    const { file } = signer === "" ? this.issue("responder", { kind: "responder" }) : { file: signer };
    writeFileSync(this.path("signer.txt"), file);
    const rkey = file.replace(/\.crt$/, ".key");
    const words = [
      "ocsp",
      "-port",
      String(at),
      "-index",
      "index.txt",
      "-CA",
      "ca.crt",
      "-rsigner",
      file,
      "-rkey",
      rkey,
    ];
    // Answers that count for a minute; the database is read anew by a responder that is started anew.
    const child = spawn("openssl", [...words, "-nmin", "1", "-timeout", "5"], {
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#responder = child;
    await new Promise<void>((resolve, reject) => {
      let text = "";
      const look = (chunk: Buffer) => {
        text += String(chunk);
        if (text.includes("waiting for OCSP client connections")) resolve();
      };
      child.stdout?.on("data", look);
      child.stderr?.on("data", look);
      child.once("exit", () => reject(new RangeError(text)));
    });
    return `http://127.0.0.1:${at}`;
  }

  async stopResponder(): Promise<void> {
    const child = this.#responder;
    this.#responder = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async close(): Promise<void> {
    await this.stopResponder();
    rmSync(this.folder, { recursive: true, force: true });
  }

  run(...words: string[]): void {
    const { status, stderr } = spawnSync("openssl", words, { cwd: this.folder, encoding: "utf8" });
    if (status !== 0) throw new RangeError(`openssl ${words.join(" ")}: ${stderr}`);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

const CONFIGURATION = `[ca]
default_ca = company
[company]
database = index.txt
serial = serial
crlnumber = crlnumber
new_certs_dir = certs
certificate = ca.crt
private_key = ca.key
default_md = sha256
default_days = 10
policy = any
unique_subject = no
[any]
commonName = supplied
[clients]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
[responder]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
`;
