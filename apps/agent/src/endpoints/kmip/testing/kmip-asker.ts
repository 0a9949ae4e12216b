import {
  decodeResponse,
  encodeRequest,
  type KmipVersion,
  type OperationName,
  type RequestHeader,
  type RequestItem,
  type RequestPayload,
  type ResponseItem,
  type ResponseMessage,
  type ResponsePayload,
} from "@holdfast/kmip";
import type { Grant } from "../../../keystore/records.ts";
import type { TestDomain } from "../../../operations/testing/open-test-domain.ts";
import { answerKmip } from "../answer-kmip.ts";

/** Grants of everything on what a client makes itself. */
export const OWN: readonly Grant[] = [
  { ops: ["all", "get", "wrap", "derive", "alias", "import"], keys: { kind: "own" } },
];

/** A client that asks the endpoint itself, without a connection. Tests only. */
export class KmipAsker {
  readonly #domain: TestDomain;
  readonly #spki: string;
  readonly #connection = {};

  constructor(domain: TestDomain, { spki }: { readonly spki: string }) {
    this.#domain = domain;
    this.#spki = spki;
  }

  static async enrol(domain: TestDomain, label = "app", grants: readonly Grant[] = OWN): Promise<KmipAsker> {
    return new KmipAsker(domain, await domain.enrol(label, grants));
  }

  /** Sends a request's bytes. */
  async bytes(message: Buffer): Promise<Buffer> {
    const client = this.#domain.operations.identify(this.#spki);
    const caller = { client, from: "127.0.0.1" };
    return answerKmip(message, { domain: this.#domain, caller, encoding: "ttlv", connection: this.#connection });
  }

  /** Sends a batch. */
  async batch(
    version: KmipVersion,
    items: readonly RequestItem[],
    header: RequestHeader = {},
  ): Promise<ResponseMessage> {
    return decodeResponse(await this.bytes(encodeRequest({ version, header, items })));
  }

  /** Asks for one operation. @returns its answer, failed or not */
  async item<O extends OperationName>(
    version: KmipVersion,
    operation: O,
    payload: RequestPayload<O>,
  ): Promise<ResponseItem> {
    const { items } = await this.batch(version, [{ operation, payload } as RequestItem]);
    return items[0] as ResponseItem;
  }

  /** Asks for one operation that succeeds. @returns its payload */
  async ask<O extends OperationName>(
    version: KmipVersion,
    operation: O,
    payload: RequestPayload<O>,
  ): Promise<ResponsePayload<O>> {
    const item = await this.item(version, operation, payload);
    if (item.resultStatus !== 0) throw new TypeError(`${operation}: ${item.resultReason} ${item.resultMessage}`);
    return (item.payload ?? {}) as ResponsePayload<O>;
  }
}
