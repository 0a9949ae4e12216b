import { renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { AdminClient } from "../../apps/agent/src/cli/admin-client.ts";

/** Below the two minutes that a key server counts of one look at its clock. */
const STEP_SECONDS = 118;

/** The clocks of a key server's machine, which a test lets go on. */
export class MachineClock {
  readonly #file: string;
  #passed = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** What the key server's process has to be started with. */
  get environment(): NodeJS.ProcessEnv {
    const preload = fileURLToPath(new URL("passing-clock.ts", import.meta.url));
    return { NODE_OPTIONS: `--import=${preload}`, HOLDFAST_TEST_CLOCK: this.#file };
  }

  /** Seconds go by while the key server runs and is looked at, as its own page does. */
  async pass(seconds: number, admin: AdminClient): Promise<void> {
    for (let left = seconds; left > 0; left -= STEP_SECONDS) {
      this.#passed += Math.min(STEP_SECONDS, left);
      writeFileSync(`${this.#file}.new`, String(this.#passed));
      renameSync(`${this.#file}.new`, this.#file);
      await admin.get("/v1/recovery");
    }
  }
}
