import { existsSync } from "node:fs";
import { runProgram } from "./run.ts";

const USUAL = ["/usr/bin/python3"];

/**
 * A Python that has PyKMIP for the tests with its client and server: the one PYKMIP_PYTHON names, the machine's own, else
 * Debian's.
 *
 * @returns its path; empty when none could be had, so that the tests that need it say "skipped".
 */
export async function ensurePykmip(): Promise<string> {
  const found = await findWithPykmip();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return "";
  process.stdout.write("   Getting PyKMIP for the tests with it …\n");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await runProgram("apt-get", ["update", "-qq"], env);
  await runProgram("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "python3-pykmip"], env);
  return (await findWithPykmip()) ?? "";
}

async function findWithPykmip(): Promise<string | undefined> {
  for (const python of [process.env.PYKMIP_PYTHON, ...USUAL]) {
    if (!python || !existsSync(python)) continue;
    const words = [
      "-W",
      "ignore",
      "-c",
      "import importlib.util, sys; sys.exit(importlib.util.find_spec('kmip') is None)",
    ];
    if ((await runProgram(python, words)) === 0) return python;
  }
  return undefined;
}
