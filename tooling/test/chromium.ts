import { existsSync } from "node:fs";
import { packageFile } from "./root.ts";
import { runNode, runProgram } from "./run.ts";

const USUAL = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * A Chromium for the browser tests: the one CHROMIUM_PATH names, the machine's own, else Playwright's, else Debian's.
 *
 * @returns its path; the usual path when none could be had, so that the tests themselves say what is missing.
 */
export async function ensureChromium(): Promise<string> {
  const found = findInstalled();
  if (found) return found;
  process.stdout.write("   Getting Chromium for the browser tests …\n");
  const { chromium } = await import("playwright-core");
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await runProgram("apt-get", ["update", "-qq"], env);
    await runProgram("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], env);
  } else {
    await runNode([packageFile("playwright-core/cli.js"), "install", "chromium"]);
    if (existsSync(chromium.executablePath())) return chromium.executablePath();
  }
  return findInstalled() ?? USUAL[0] ?? "";
}

function findInstalled(): string | undefined {
  return [process.env.CHROMIUM_PATH, ...USUAL].find((path) => path && existsSync(path));
}
