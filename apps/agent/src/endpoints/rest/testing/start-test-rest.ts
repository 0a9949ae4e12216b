import { createLogger } from "../../../logger.ts";
import { openTestDomain, type TestDomain } from "../../../operations/testing/open-test-domain.ts";
import type { Listener, ServedDomain } from "../../served-agent.ts";
import { type RestOptions, startRest } from "../start-rest.ts";

/** A REST endpoint on loopback over a domain of the real classes; it can be sealed and unsealed. Tests only. */
export interface TestRest {
  readonly domain: TestDomain;
  readonly url: string;
  /** Lines of the agent's log. */
  readonly log: string[];
  /** As the agent tells its listeners: null while sealed. */
  show(domain: TestDomain | null, sealed: boolean): void;
  close(): Promise<void>;
}

export async function startTestRest(
  options: Partial<RestOptions> & { readonly founded?: boolean } = {},
): Promise<TestRest> {
  const domain = await openTestDomain();
  const log: string[] = [];
  const listeners: ((domain: ServedDomain | null) => void)[] = [];
  let shown: { domain: TestDomain | null; sealed: boolean } = { domain, sealed: false };
  if (options.founded === false) shown = { domain: null, sealed: false };
  const agent = {
    logger: createLogger((line) => log.push(line)),
    get sealed() {
      return shown.sealed;
    },
    get domain() {
      return shown.domain;
    },
    onDomain(listener: (domain: ServedDomain | null) => void) {
      listeners.push(listener);
      listener(shown.domain);
    },
  };
  const rest: Listener = await startRest({ agent, listen: "127.0.0.1:0", sans: [], ...options });
  return {
    domain,
    url: rest.url,
    log,
    show(next, sealed) {
      shown = { domain: next, sealed };
      for (const listener of listeners) listener(next);
    },
    async close() {
      await rest.close();
      domain.close();
    },
  };
}
