import { LEGACY_ALGORITHMS } from "@holdfast/protocol";
import { answerKmip } from "../../src/endpoints/kmip/answer-kmip.ts";
import { startTestKmip } from "../../src/endpoints/kmip/testing/start-test-kmip.ts";
import type { TestClient } from "../../src/operations/testing/open-test-domain.ts";

/** A key server of its own for a run of cases, with what is old allowed: many cases use it. */
export interface Subject {
  readonly url: string;
  readonly client: TestClient;
  readonly log: readonly string[];
  /** Identifiers of what cases have made on it. */
  readonly made: Set<string>;
  close(): Promise<void>;
}

export async function startSubject(): Promise<Subject> {
  const kmip = await startTestKmip({ answer: answerKmip });
  kmip.domain.apply("crypto.allow", { algorithms: [...LEGACY_ALGORITHMS] });
  const client = await kmip.domain.enrol("conformance", [
    { ops: ["all", "get", "wrap", "derive", "alias", "import"], keys: { kind: "own" } },
  ]);
  return { url: kmip.url, client, log: kmip.log, made: new Set(), close: () => kmip.close() };
}
