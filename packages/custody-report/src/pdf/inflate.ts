import { ReportError, type ReportErrorCode } from "../errors.ts";

/**
 * Unpacks a zlib stream of a bounded size.
 *
 * @param code - What a stream that does not unpack is refused by.
 * @throws {@link ReportError} `code`, or `E_LIMIT`
 */
export async function inflate(compressed: Uint8Array, maxBytes: number, code: ReportErrorCode): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    const stream = new Blob([new Uint8Array(compressed)]).stream().pipeThrough(new DecompressionStream("deflate"));
    const reader = stream.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > maxBytes) throw new ReportError("E_LIMIT", "A part of the PDF is too large.", { bytes: size });
      parts.push(part.value);
    }
  } catch (error) {
    if (error instanceof ReportError) throw error;
    throw new ReportError(code, "A part of the PDF does not unpack.");
  }
  return joinParts(parts, size);
}

function joinParts(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
