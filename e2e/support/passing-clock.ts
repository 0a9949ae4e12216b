import { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";

/**
 * Loaded before the key server's own program (`node --import`), in tests only: lets the machine's clocks, the running one and
 * the one on the wall, go on by as many seconds as a file says. The program is the one that is shipped, and counts its
 * running time from its machine's clocks as ever: at most two minutes a look.
 */
const FILE = process.env["HOLDFAST_TEST_CLOCK"] ?? "";
const [uptime, now] = [os.uptime, Date.now];

function passed(): number {
  try {
    return Number(readFileSync(FILE, "utf8"));
  } catch {
    return 0; // nothing has passed yet
  }
}

os.uptime = () => uptime() + passed();
Date.now = () => now() + passed() * 1_000;
syncBuiltinESMExports();
