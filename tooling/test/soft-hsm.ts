import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.ts";
import { runNode, runProgram } from "./run.ts";

const MODULES = ["/usr/lib/softhsm", "/usr/lib/x86_64-linux-gnu/softhsm", "/usr/lib/aarch64-linux-gnu/softhsm"];
const BINDING = join(ROOT, "apps/agent/hsm/node_modules/pkcs11js/build/Release/pkcs11.node");

/**
 * SoftHSM2 and the native binding for the tests with tokens: what is there, else from Debian and compiled.
 *
 * @returns why those tests are skipped; null when they run. With HOLDFAST_HSM=required they run and fail instead.
 */
export async function ensureSoftHsm(): Promise<string | null> {
  if (!hasModule() || !hasCompiler()) await fromDebian();
  if (!hasModule()) return "no SoftHSM2";
  if (!existsSync(BINDING)) await runNode([join(ROOT, "tooling/hsm-install.mjs")]);
  return existsSync(BINDING) ? null : "the PKCS#11 binding cannot be compiled";
}

async function fromDebian(): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  process.stdout.write("   Getting SoftHSM2 and a compiler for the tests with tokens …\n");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const packages = ["softhsm2", "build-essential", "python3"];
  await runProgram("apt-get", ["update", "-qq"], env);
  await runProgram("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], env);
}

function hasModule(): boolean {
  return MODULES.some((folder) => existsSync(join(folder, "libsofthsm2.so"))) && existsSync("/usr/bin/softhsm2-util");
}

function hasCompiler(): boolean {
  return existsSync(BINDING) || ["/usr/bin/c++", "/usr/bin/make", "/usr/bin/python3"].every((path) => existsSync(path));
}
