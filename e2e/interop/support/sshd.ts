import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../apps/agent/src/local-page/testing/page-caller.ts";

/** OpenSSH's server, as `npm test` found or brought it; undefined where there is none. */
export const SSHD = process.env["SSHD_PATH"] || undefined;

/** A real SSH server on loopback, with keys of its own, that lets one key in. */
export interface SshServer {
  readonly port: number;
  readonly user: string;
  /** Its public key, as a policy names it. */
  readonly hostKey: string;
  /** A host key of nobody. */
  readonly otherHostKey: string;
  /** Path of the private key that it lets in, and of one that it does not. */
  readonly identity: string;
  readonly stranger: string;
  /** A folder for files. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Starts one, and resolves when it listens. */
export async function startSshd(): Promise<SshServer> {
  const base = mkdtempSync(join(tmpdir(), "holdfast-sshd-"));
  const [host, identity, stranger] = ["host", "identity", "stranger"].map((name) => makeKey(join(base, name))) as [
    string,
    string,
    string,
  ];
  const folder = join(base, "files");
  mkdirSync(folder);
  writeFileSync(join(base, "authorized_keys"), readFileSync(`${identity}.pub`));
  const port = await freePort();
  writeFileSync(join(base, "config"), configOf(base, host, port));
  if (userInfo().uid === 0) mkdirSync("/run/sshd", { recursive: true });
  const child = spawn(SSHD as string, ["-D", "-e", "-f", join(base, "config")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await listening(child);
  const hostKey = publicKey(host);
  return {
    ...{ port, hostKey, identity, stranger, folder, user: userInfo().username, otherHostKey: publicKey(stranger) },
    async close() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await gone;
      rmSync(base, { recursive: true, force: true });
    },
  };
}

function makeKey(path: string): string {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path]);
  return path;
}

function publicKey(path: string): string {
  return readFileSync(`${path}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
}

function configOf(base: string, host: string, port: number): string {
  return [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${host}`,
    `AuthorizedKeysFile ${join(base, "authorized_keys")}`,
    "PidFile none",
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "Subsystem sftp internal-sftp",
    "",
  ].join("\n");
}

/** Resolves when the server says that it listens. */
function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let told = "";
    child.stderr?.on("data", (part: Buffer) => {
      told += part.toString();
      if (told.includes("Server listening")) resolve();
    });
    child.once("exit", () => reject(new Error(`sshd ended: ${told}`)));
  });
}
