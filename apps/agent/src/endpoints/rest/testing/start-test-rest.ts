import { createLogger } from "../../../logger.ts";
import { openTestDomain, type TestDomain } from "../../../operations/testing/open-test-domain.ts";
import { type RestOptions, startRest } from "../start-rest.ts";

/** The REST endpoint of a standalone agent on loopback. Tests only. */
export interface TestRest {
  readonly domain: TestDomain;
  readonly url: string;
  /** Lines of the agent's log. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

export async function startTestRest(options: Partial<RestOptions> = {}): Promise<TestRest> {
  const log: string[] = [];
  const domain = await openTestDomain({ logger: createLogger((line) => log.push(line)) });
  const rest = await startRest({ agent: domain.agent, listen: "127.0.0.1:0", sans: [], ...options });
  return {
    domain,
    url: rest.url,
    log,
    async close() {
      await rest.close();
      await domain.close();
    },
  };
}
