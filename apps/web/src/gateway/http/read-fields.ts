import type { z } from "zod";
import { GatewayError } from "../gateway-error.ts";

/** Reads a request's fields, all of them known. @throws {@link GatewayError} `E_SCHEMA` naming the first place */
export function readFields<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const place = read.error.issues[0]?.path.join(".").slice(0, 100) ?? "";
  throw new GatewayError("E_SCHEMA", "The request does not have the form it must have.", { place });
}
