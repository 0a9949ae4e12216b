// `npm run hsm:install`: compiles the native PKCS#11 binding for key servers that use an HSM, a TPM or SoftHSM. It needs
// a C++ compiler, make and Python, and nothing else is downloaded but the one package in apps/agent/hsm.
// Plain JavaScript that Node 20 parses; a build is kept in the user's cache for other checkouts.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDER = join(ROOT, "apps/agent/hsm");
const BUILT = "node_modules/pkcs11js/build/Release/pkcs11.node";
const NODE = join(ROOT, `node_modules/node-linux-${process.arch}`);

const cacheRoot = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
const lock = createHash("sha256")
  .update(readFileSync(join(FOLDER, "package-lock.json")))
  .digest("hex")
  .slice(0, 16);
const cache = join(cacheRoot, "holdfast", `pkcs11js-${lock}-${process.platform}-${process.arch}`);

if (existsSync(join(FOLDER, BUILT))) say("The PKCS#11 binding is there already.");
else if (existsSync(join(cache, BUILT))) {
  cpSync(join(cache, "node_modules"), join(FOLDER, "node_modules"), { recursive: true });
  say("The PKCS#11 binding was taken from an earlier build.");
} else build();

function build() {
  const nodedir = existsSync(join(NODE, "include")) ? { npm_config_nodedir: NODE } : {};
  const npm = spawnSync("npm", ["ci", "--workspaces=false", "--ignore-scripts=false", "--no-audit", "--no-fund"], {
    cwd: FOLDER,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...nodedir, PATH: [join(NODE, "bin"), process.env.PATH].join(delimiter) },
  });
  if (npm.status !== 0 || !existsSync(join(FOLDER, BUILT))) {
    rmSync(join(FOLDER, "node_modules"), { recursive: true, force: true });
    process.stderr.write(`${npm.stderr || npm.error || ""}\nThe PKCS#11 binding was not built.\n`);
    process.stderr.write(
      "It needs a C++ compiler, make and Python: on Debian, apt-get install build-essential python3.\n",
    );
    process.exit(1);
  }
  try {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    cpSync(join(FOLDER, "node_modules"), join(cache, "node_modules"), { recursive: true });
  } catch {
    // Without a cache the next checkout builds its own.
  }
  say("The PKCS#11 binding was built.");
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
