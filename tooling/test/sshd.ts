import { existsSync } from "node:fs";
import { runProgram } from "./run.ts";

const USUAL = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"];

/**
 * An OpenSSH server for the tests of backups by SFTP: the machine's own, else Debian's.
 *
 * @returns its path; empty when none could be had, so that the tests that need it say "skipped".
 */
export async function ensureSshd(): Promise<string> {
  const found = USUAL.find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return "";
  process.stdout.write("   Getting an OpenSSH server for the tests with it …\n");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await runProgram("apt-get", ["update", "-qq"], env);
  await runProgram("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "openssh-server"], env);
  return USUAL.find((path) => existsSync(path)) ?? "";
}
