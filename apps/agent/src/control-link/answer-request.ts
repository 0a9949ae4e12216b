import { createHash } from "node:crypto";
import { HoldfastError } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { Domain } from "../domain.ts";
import { attest } from "../report/attest.ts";
import { makeReport } from "../report/make-report.ts";
import type { GatewayClient } from "./gateway-client.ts";

/** What the control plane asks for without a command: metadata only. Unsigned, so rate-limited and on record. */
export interface AgentRequest {
  readonly id: string;
  readonly kind: "report" | "attestation";
  readonly parameters: Readonly<Record<string, unknown>>;
}

const PART_BYTES = 720 * 1024;
const NONCE = /^[A-Za-z0-9_-]{11,64}$/;

/** Makes what was asked for and uploads it; a failure is answered by its code. */
export async function answerRequest(request: AgentRequest, domain: Domain, client: GatewayClient): Promise<void> {
  let code: string | null = null;
  let attestation: unknown;
  try {
    if (request.kind === "report") await uploadReport(request, domain, client);
    else attestation = makeAttestation(request, domain);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    code = String(error.code);
    domain.logger.warn("request.failed", { kind: request.kind, code });
  }
  await client.post("/v1/requests/done", {
    id: request.id,
    code,
    ...(attestation === undefined ? {} : { attestation }),
  });
}

function makeAttestation({ parameters }: AgentRequest, domain: Domain) {
  const { nonce } = parameters;
  if (typeof nonce !== "string" || !NONCE.test(nonce))
    throw new AdmissionError("E_SCHEMA", "The nonce is not base64url of 8 to 48 bytes.");
  domain.executor.recordHostEvent("attest", {});
  return attest(domain, nonce);
}

/** @throws {@link AdmissionError} `E_LOCAL_DENY` while names are kept from the control plane: a report has them */
async function uploadReport({ id, parameters }: AgentRequest, domain: Domain, client: GatewayClient): Promise<void> {
  if (domain.keystore.domain().share === "hashes")
    throw new AdmissionError(
      "E_LOCAL_DENY",
      "Names are kept from the control plane: make the report at the key server.",
    );
  const { from, to } = parameters;
  const period = typeof from === "number" && typeof to === "number" ? { from, to } : undefined;
  const { files } = await makeReport(domain, period ? { period } : {});
  const contents = files.map(({ name, mediaType, base64 }) => ({
    name,
    mediaType,
    bytes: Buffer.from(base64, "base64"),
  }));
  const described = contents.map(({ name, mediaType, bytes }) => ({
    name,
    mediaType,
    sizeBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("base64url"),
    parts: Math.max(1, Math.ceil(bytes.length / PART_BYTES)),
  }));
  const { reportId } = await client.post<{ reportId: string }>("/v1/reports", {
    requestId: id,
    ...period,
    files: described,
  });
  for (const { name, bytes } of contents) {
    for (let n = 0; n * PART_BYTES < Math.max(1, bytes.length); n += 1) {
      const data = bytes.subarray(n * PART_BYTES, (n + 1) * PART_BYTES).toString("base64url");
      await client.post("/v1/reports/part", { reportId, name, n, data });
    }
  }
}
