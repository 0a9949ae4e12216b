// Installs the workspace's packages when they are missing or older than the lockfile. Plain JavaScript that Node 20
// parses and that imports nothing but Node's own: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const LOCK = join(ROOT, "package-lock.json");
const MARK = join(ROOT, "node_modules", ".holdfast-lock-hash");

/** Runs plain `npm install` if needed; the lockfile is left exactly as it was. Exits with npm's code if it fails. */
export function ensureInstalled() {
  const wanted = createHash("sha256").update(readFileSync(LOCK)).digest("hex");
  if (existsSync(MARK) && readFileSync(MARK, "utf8") === wanted) return;
  process.stdout.write("Installing packages (once, about a minute) …\n");
  const lock = readFileSync(LOCK);
  const npm = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, npm_config_engine_strict: "false" },
  });
  if (!readFileSync(LOCK).equals(lock)) writeFileSync(LOCK, lock);
  if (npm.status !== 0) {
    const why = npm.error ? "npm cannot be run" : "npm could not install the packages";
    process.stderr.write(
      `\n${why}; its own words are above.\nCheck the network and the npm registry, then try again.\n`,
    );
    process.exit(npm.status || 1);
  }
  writeFileSync(MARK, wanted);
}
