import { LEGACY_ALGORITHMS } from "@holdfast/protocol";
import { answerKmip } from "../../src/endpoints/kmip/answer-kmip.ts";
import { KMIP_PATH } from "../../src/endpoints/kmip/http-kmip.ts";
import { startTestKmip } from "../../src/endpoints/kmip/testing/start-test-kmip.ts";
import { startRest } from "../../src/endpoints/rest/start-rest.ts";
import type { TestClient } from "../../src/operations/testing/open-test-domain.ts";

/** A key server of its own for a run of cases, with what is old allowed: many cases use it. */
export interface Subject {
  readonly url: string;
  readonly client: TestClient;
  /** Where it takes messages over HTTPS. */
  readonly httpsUrl: string;
  /** Identifiers of what cases have made on it. */
  readonly made: Set<string>;
  close(): Promise<void>;
}

export async function startSubject(): Promise<Subject> {
  const kmip = await startTestKmip({ answer: answerKmip });
  kmip.domain.apply("crypto.allow", { algorithms: [...LEGACY_ALGORITHMS] });
  const rest = await startRest({ agent: kmip.domain.agent, listen: "127.0.0.1:0", sans: [], kmip: answerKmip });
  const client = await kmip.domain.enrol("conformance", [
    { ops: ["all", "get", "wrap", "derive", "alias", "import"], keys: { kind: "own" } },
  ]);
  return {
    ...{ url: kmip.url, httpsUrl: `${rest.url}${KMIP_PATH}`, client, made: new Set() },
    async close() {
      await rest.close();
      await kmip.close();
    },
  };
}
