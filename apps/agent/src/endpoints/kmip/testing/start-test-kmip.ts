import { createLogger } from "../../../logger.ts";
import { openTestDomain, type TestDomain } from "../../../operations/testing/open-test-domain.ts";
import { countersOf } from "../../metrics/counters.ts";
import type { KmipAnswerer } from "../kmip-answerer.ts";
import { type KmipOptions, startKmip } from "../start-kmip.ts";

/** Grants of everything. */
export const ALL = [{ ops: ["all"] as const, keys: { kind: "all" } as const }];

/** Answers every message with its own bytes: a stand-in for what is no part of the transport. */
export const echo: KmipAnswerer = (message) => message;

/** The KMIP endpoint of a standalone agent on loopback, answering as a test says. Tests only. */
export interface TestKmip {
  readonly domain: TestDomain;
  readonly url: string;
  /** Lines of the agent's log. */
  readonly log: readonly string[];
  /** How often something was refused, by reason. */
  refused(reason: string): number;
  /** Resolves when a condition on the endpoint's counters holds. */
  until(condition: (counters: ReturnType<typeof countersOf>["kmip"]) => boolean): Promise<void>;
  close(): Promise<void>;
}

export async function startTestKmip(options: Partial<KmipOptions> = {}): Promise<TestKmip> {
  const log: string[] = [];
  const domain = await openTestDomain({ logger: createLogger((line) => log.push(line)) });
  const listener = await startKmip({
    ...{ agent: domain.agent, listen: "127.0.0.1:0", sans: [], answer: echo },
    ...options,
  });
  const { kmip } = countersOf(domain.agent);
  return {
    domain,
    url: listener.url,
    log,
    refused: (reason) => kmip.refusals.get(reason) ?? 0,
    async until(condition) {
      while (!condition(kmip)) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    async close() {
      await listener.close();
      await domain.close();
    },
  };
}
