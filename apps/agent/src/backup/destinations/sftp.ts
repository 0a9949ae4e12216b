import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { BackupDestination } from "@holdfast/protocol";
import { CustodyError } from "../../custody/errors.ts";
import { readPrivateFile } from "../../custody/private-file.ts";
import { type Destination, type Fault, placeError } from "./destination.ts";

type SftpPlace = Extract<BackupDestination, { kind: "sftp" }>;

const MAX_IDENTITY_BYTES = 64 * 1024;
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;
/** A line of `ls -ln`: mode, links, user and group, then the length. */
const LISTED = /^-\S+\s+\S+\s+\S+\s+\S+\s+(\d{1,15})\s/;
const SAFE_LOCAL = /^[A-Za-z0-9._-]+$/;

/**
 * A machine that speaks SFTP, reached by the host's own OpenSSH client: no SSH of ours, and the host's updates of it.
 *
 * The client reads no configuration, no agent and no known hosts but one file with the policy's host key; it asks nobody
 * anything. Paths of the policy are of plain characters, so that nothing in a batch can be a second command.
 */
export class SftpDestination implements Destination {
  readonly #to: SftpPlace;

  constructor(to: SftpPlace) {
    this.#to = to;
  }

  async put(file: string, name: string, signal: AbortSignal): Promise<void> {
    const remote = this.#remote(name);
    const batch = [`put -f ${local(file)} ${remote}.partial`, `rename ${remote}.partial ${remote}`];
    await this.#run(batch, dirname(file), signal);
  }

  async get(name: string, into: string, signal: AbortSignal): Promise<void> {
    await this.#run([`get ${this.#remote(name)} ${local(into)}`], dirname(into), signal);
    await chmod(into, 0o600);
  }

  async look(name: string, signal: AbortSignal): Promise<number | null> {
    try {
      const printed = await this.#run([`@ls -ln ${this.#remote(name)}`], tmpdir(), signal);
      const length = printed
        .split("\n")
        .map((line) => LISTED.exec(line)?.[1])
        .find((each) => each !== undefined);
      if (length === undefined) throw placeError(this.#to, "answer");
      return Number(length);
    } catch (cause) {
      // The client says the same of a file and of a folder that are not there; in both cases the file is not.
      if (cause instanceof CustodyError && cause.code === "E_BACKUP_PLACE" && cause.detail["fault"] === "missing")
        return null;
      throw cause;
    }
  }

  async list(signal: AbortSignal): Promise<string[]> {
    const printed = await this.#run([`@ls -1 ${this.#to.path}`], tmpdir(), signal);
    return printed
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("sftp> "))
      .map((line) => basename(line.trim()));
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    await this.#run([`rm ${this.#remote(name)}`], tmpdir(), signal);
  }

  #remote(name: string): string {
    if (!SAFE_LOCAL.test(name)) throw placeError(this.#to, "failed");
    return `${this.#to.path}/${name}`;
  }

  async #run(batch: readonly string[], folder: string, signal: AbortSignal): Promise<string> {
    const identity = readPrivateFile(this.#to.identity, MAX_IDENTITY_BYTES);
    if (typeof identity === "string")
      throw new CustodyError("E_BACKUP_ACCESS", undefined, { path: this.#to.identity, fault: identity });
    identity.fill(0); // the client reads it itself; here it is only looked at
    const known = await mkdtemp(join(tmpdir(), "holdfast-sftp-"));
    try {
      const knownHosts = join(known, "known_hosts");
      await writeFile(knownHosts, `${knownHostLine(this.#to)}\n`, { mode: 0o600 });
      return await runClient(this.#to, { knownHosts, batch, folder, signal });
    } finally {
      await rm(known, { recursive: true, force: true });
    }
  }
}

interface ClientRun {
  readonly knownHosts: string;
  readonly batch: readonly string[];
  readonly folder: string;
  readonly signal: AbortSignal;
}

function runClient(to: SftpPlace, { knownHosts, batch, folder, signal }: ClientRun): Promise<string> {
  const host = to.host.includes(":") ? `[${to.host}]` : to.host;
  const options = clientOptions(to, knownHosts).flatMap((option) => ["-o", option]);
  const words = ["-b", "-", "-F", "none", "-P", String(to.port), "-i", to.identity, ...options];
  const { PATH = "/usr/bin:/bin" } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn("sftp", [...words, "--", `${to.user}@${host}`], {
      ...{ cwd: folder, signal, stdio: ["pipe", "pipe", "pipe"] },
      env: { PATH, LC_ALL: "C" },
    });
    const [said, told] = [collect(child.stdout), collect(child.stderr)];
    child.on("error", (cause: NodeJS.ErrnoException) =>
      reject(placeError(to, cause.code === "ENOENT" ? "no-sftp" : signal.aborted ? "timeout" : "failed")),
    );
    child.on("close", (status) => {
      if (status === 0) resolve(said());
      else reject(placeError(to, signal.aborted ? "timeout" : faultOf(told(), status)));
    });
    child.stdin.on("error", () => undefined); // a client that ended early says why on its own
    child.stdin.end(`${batch.join("\n")}\n`);
  });
}

function clientOptions({ hostKey }: SftpPlace, knownHosts: string): string[] {
  const [kind = ""] = hostKey.split(" ");
  return [
    `UserKnownHostsFile=${knownHosts}`,
    "GlobalKnownHostsFile=/dev/null",
    "StrictHostKeyChecking=yes",
    `HostKeyAlgorithms=${kind === "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : kind}`,
    "UpdateHostKeys=no",
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    "PreferredAuthentications=publickey",
    "ConnectTimeout=20",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=3",
    "LogLevel=ERROR",
  ];
}

function knownHostLine({ host, port, hostKey }: SftpPlace): string {
  return `${port === 22 ? host : `[${host}]:${port}`} ${hostKey}`;
}

function faultOf(told: string, status: number | null): Fault {
  if (/host key|HOST IDENTIFICATION/i.test(told)) return "host-key";
  if (/permission denied/i.test(told)) return "refused";
  if (/no such file|not found/i.test(told) && status !== 255) return "missing";
  if (/timed out/i.test(told)) return "timeout";
  if (/no space|quota|disk full/i.test(told)) return "space";
  return status === 255 ? "unreachable" : "failed";
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const parts: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (part: Buffer) => {
    bytes += part.byteLength;
    if (bytes <= MAX_OUTPUT_BYTES) parts.push(part);
  });
  return () => Buffer.concat(parts).toString("utf8");
}

function local(file: string): string {
  const name = basename(file);
  if (!SAFE_LOCAL.test(name)) throw new CustodyError("E_BACKUP_FILE", undefined, { path: file });
  return name;
}
