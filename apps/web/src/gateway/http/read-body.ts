import type { IncomingMessage } from "node:http";
import { GatewayError } from "../gateway-error.ts";

const MAX_BODY_BYTES = 1_048_576;

/** Reads a body whole. @throws {@link GatewayError} `E_LIMIT` as soon as it is too large; `E_SCHEMA` for one that breaks off */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > MAX_BODY_BYTES) throw tooLarge();
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof GatewayError || !request.readableAborted) throw error;
    throw new GatewayError("E_SCHEMA", "The request broke off.");
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** A body as JSON. @throws {@link GatewayError} `E_SCHEMA` */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new GatewayError("E_SCHEMA", "The body is no JSON.");
  }
}

function tooLarge(): GatewayError {
  return new GatewayError("E_LIMIT", "The body is too large.", { most: MAX_BODY_BYTES });
}
