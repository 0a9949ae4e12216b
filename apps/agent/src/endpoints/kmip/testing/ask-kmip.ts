import {
  decodeResponse,
  ENUM,
  encodeRequest,
  enumerationName,
  type KmipVersion,
  type OperationName,
  type RequestPayload,
  type ResponsePayload,
} from "@holdfast/kmip";
import type { Grant } from "../../../keystore/records.ts";
import { EVERYTHING, enrolledCaller } from "../../../operations/testing/object-client.ts";
import type { TestDomain } from "../../../operations/testing/open-test-domain.ts";
import { answerKmip } from "../answer-kmip.ts";
import type { KmipSession } from "../kmip-answerer.ts";

/** A client of KMIP before the answerer, without a connection. Tests only. */
export class KmipAsker {
  readonly session: KmipSession;
  readonly version: KmipVersion;

  constructor(session: KmipSession, version: KmipVersion = "2.1") {
    this.session = session;
    this.version = version;
  }

  /** Enrols a client; without grants, of everything on its own. */
  static async enrol(domain: TestDomain, version?: KmipVersion, grants?: readonly Grant[]): Promise<KmipAsker> {
    const caller = await enrolledCaller(domain, ...(grants ?? [{ ops: EVERYTHING, keys: { kind: "own" } }]));
    return new KmipAsker({ domain, caller, encoding: "ttlv", connection: {} }, version);
  }

  /** The payload of the answer. Fails where the operation did. */
  async ask<O extends OperationName>(operation: O, payload: RequestPayload<O>): Promise<ResponsePayload<O>> {
    const { reason, message, answer } = await this.#item(operation, payload);
    if (reason !== null) throw new Error(`${operation}: ${reason}: ${message}`);
    return answer as ResponsePayload<O>;
  }

  /** Reason and message with which an operation is refused; "ok" when it is not. */
  async refusal<O extends OperationName>(operation: O, payload: RequestPayload<O>): Promise<string> {
    const { reason, message } = await this.#item(operation, payload);
    return reason === null ? "ok" : `${reason}: ${message}`;
  }

  async #item<O extends OperationName>(operation: O, payload: RequestPayload<O>) {
    const request = { version: this.version, header: {}, items: [{ operation, payload }] };
    const answered = await answerKmip(encodeRequest(request as never), this.session);
    const [item] = decodeResponse(answered).items;
    if (item?.resultStatus === ENUM.ResultStatus.Success)
      return { reason: null, message: null, answer: "payload" in item ? item.payload : {} };
    const reason = enumerationName("ResultReason", item?.resultReason ?? 0);
    return { reason: reason ?? "?", message: item?.resultMessage ?? "", answer: null };
  }
}
