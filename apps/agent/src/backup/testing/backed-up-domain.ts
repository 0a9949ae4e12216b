import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BackupDestination, BackupPolicy } from "@holdfast/protocol";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import type { Clock } from "../../self-check/clock.ts";

/** A domain whose backups a test sets off, with a clock that the test turns. Tests only. */
export interface BackedUpTestDomain extends TestDomain {
  /** A folder on the test's own disk that takes backups. */
  readonly folder: string;
  /** Lets time pass on every clock. */
  pass(seconds: number): void;
  /** Sets a policy; the folder alone unless it names other destinations. */
  decide(policy?: Partial<BackupPolicy>): void;
  /** Looks for what is due, as each second does, and waits until that is done. */
  look(): Promise<void>;
}

/** Makes an agent with its domain, a folder for backups, and clocks that stand still. */
export async function openBackedUpDomain(): Promise<BackedUpTestDomain> {
  const start = Math.floor(Date.now() / 1000) + 120; // after the agent was made
  let passed = 0;
  const clock: Clock = { now: () => start + passed, monotonic: () => passed * 1000 };
  const domain = await openTestDomain({ clock });
  const base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-backups-")));
  const folder = join(base, "backups");
  mkdirSync(folder);
  const here: BackupDestination = { kind: "directory", name: "disk", path: folder };
  return {
    ...domain,
    folder,
    pass(seconds) {
      passed += seconds;
    },
    decide(policy = {}) {
      const whole = {
        destinations: [here],
        intervalSec: 86_400,
        keep: { last: 30, days: 0 },
      };
      domain.apply("backup.policy", { policy: { ...whole, ...policy } });
    },
    async look() {
      domain.backups.look();
      await domain.backups.settled();
    },
    async close() {
      await domain.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}
