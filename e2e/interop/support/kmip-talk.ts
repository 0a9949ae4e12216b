import {
  decodeResponse,
  ENUM,
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
import { KmipTestConnection } from "../../../apps/agent/src/endpoints/kmip/testing/kmip-client.ts";
import type { EnrolledClient } from "./kmip-agent.ts";

/** A connection of an application that speaks one version of KMIP, as the package's client side writes and reads it. */
export class KmipTalk {
  readonly version: KmipVersion;
  readonly header: RequestHeader;
  readonly connection: KmipTestConnection;

  private constructor(connection: KmipTestConnection, version: KmipVersion, header: RequestHeader) {
    this.connection = connection;
    this.version = version;
    this.header = header;
  }

  static async open(url: string, client: EnrolledClient, version: KmipVersion, header: RequestHeader = {}) {
    return new KmipTalk(await KmipTestConnection.open(url, client.pem), version, header);
  }

  /** Asks, and reads the answer strictly: a field that its version does not have is an error. */
  async batch(items: readonly RequestItem[], header: RequestHeader = this.header): Promise<ResponseMessage> {
    const answer = await this.connection.ask(encodeRequest({ version: this.version, header, items }));
    if (answer === null) throw new TypeError("The connection ended.");
    const response = decodeResponse(answer, { unknownFields: "refuse" });
    if (response.version !== this.version) throw new TypeError(`An answer in KMIP ${response.version}.`);
    return response;
  }

  /** One operation that succeeds. @returns its payload */
  async ask<O extends OperationName>(operation: O, payload: RequestPayload<O>): Promise<ResponsePayload<O>> {
    const { items } = await this.batch([{ operation, payload } as RequestItem]);
    return succeeded(items[0], operation);
  }

  close(): void {
    this.connection.close();
  }
}

/** The payload of an answer that says success. */
export function succeeded<O extends OperationName>(item: ResponseItem | undefined, operation: O): ResponsePayload<O> {
  if (item?.operation !== operation || item.resultStatus !== ENUM.ResultStatus.Success)
    throw new TypeError(`${operation}: ${item?.resultReason} ${item?.resultMessage}`);
  return item.payload as ResponsePayload<O>;
}

/** The identifier of an answer, which is text here. */
export function idOf(payload: { readonly uniqueIdentifier?: unknown }): string {
  if (typeof payload.uniqueIdentifier !== "string") throw new TypeError("An answer without an identifier.");
  return payload.uniqueIdentifier;
}
