// Makes the page that the agent serves where a fresh clone has none yet. Plain JavaScript that Node 20 parses.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Builds the approval page of a checkout if it was never built and this command line serves it.
 *
 * One that is there is left alone, whatever it is; without sources or a builder the agent says `E_BUILD` itself.
 */
export function ensureApprovalPage(root, words) {
  if (words[0] !== "serve" && words[0] !== "escrow") return;
  const folder = join(root, "apps/approve");
  const builder = join(folder, "build.mjs");
  const missing = !existsSync(join(folder, "dist/page.html")) && !existsSync(join(folder, "dist/page.json"));
  if (missing && existsSync(builder)) spawnSync(process.execPath, [builder], { cwd: folder, stdio: "ignore" });
}
