import { createLogger } from "../../../logger.ts";
import { openTestDomain, type TestDomain } from "../../../operations/testing/open-test-domain.ts";
import { type RestOptions, startRest } from "../start-rest.ts";

/** The REST endpoint of a standalone agent on loopback. Tests only. */
export interface TestRest {
  readonly domain: TestDomain;
  readonly url: string;
  /** Lines of the agent's log. */
  readonly log: readonly string[];
  /** Has every line of the log fail; null mends it. */
  breakLog(fail: (() => never) | null): void;
  close(): Promise<void>;
}

export async function startTestRest(options: Partial<RestOptions> = {}): Promise<TestRest> {
  const log: string[] = [];
  let broken: (() => never) | null = null;
  const take = (line: string) => {
    broken?.();
    log.push(line);
  };
  const domain = await openTestDomain({ logger: createLogger(take) });
  const rest = await startRest({ agent: domain.agent, listen: "127.0.0.1:0", sans: [], ...options });
  return {
    domain,
    url: rest.url,
    log,
    breakLog: (fail) => {
      broken = fail;
    },
    async close() {
      await rest.close();
      await domain.close();
    },
  };
}
