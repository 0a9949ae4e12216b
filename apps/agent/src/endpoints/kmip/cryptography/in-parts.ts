import type { Identifier } from "@holdfast/kmip";
import type { Caller } from "../../../operations/caller.ts";
import type { KmipContext } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import { type OpenStream, streamsOf } from "./open-streams.ts";

/** What the payload of an operation that may come in parts says of it. */
export interface PartPayload {
  readonly uniqueIdentifier?: Identifier | undefined;
  readonly data?: Uint8Array | undefined;
  readonly correlationValue?: Uint8Array | undefined;
  readonly initIndicator?: boolean | undefined;
  readonly finalIndicator?: boolean | undefined;
}

/** What is answered to a part that is not the last. */
export interface PartAnswer {
  readonly uniqueIdentifier: string;
  readonly data?: Buffer;
  readonly ivCounterNonce?: Buffer;
}

/** Whether a request is a part of an operation, and not all of it. */
export function isPart({ correlationValue, initIndicator, finalIndicator }: PartPayload): boolean {
  return correlationValue !== undefined || (initIndicator === true && finalIndicator !== true);
}

/**
 * Carries out one part of an operation: the first opens it, each is checked like the first, the last one ends it.
 *
 * @param open - Begins the operation. Caller must: have the object's use permitted by it.
 * @throws KmipRefusedError, and what the stream throws
 * @see KMIP 2.1 section 6.1.21 (Encrypt: Correlation Value, Init Indicator, Final Indicator)
 */
export function servePart<P extends PartPayload, Part extends object, End extends object>(
  context: KmipContext,
  operation: string,
  payload: P,
  open: () => OpenStream<P, Part, End>,
): (Part & { readonly correlationValue: Uint8Array }) | End {
  const { caller, session } = context;
  const streams = streamsOf(session.domain);
  const { data, initIndicator, finalIndicator } = payload;
  if (initIndicator === true && payload.correlationValue !== undefined)
    refuse("InvalidMessage", "A part that begins an operation has no Correlation Value.");
  const correlation =
    payload.correlationValue ?? streams.open(caller.client.id, operation, open() as unknown as OpenStream);
  const last = finalIndicator === true;
  const part = { clientId: caller.client.id, operation, correlation, bytes: data?.byteLength ?? 0, last };
  return streams.serve(part, (kept) => {
    const stream = kept as unknown as OpenStream<P, Part, End>;
    assertSameObject(context, payload, stream.identifier);
    if (last) return stream.end(caller, payload);
    return { ...stream.part(caller, payload), correlationValue: Buffer.from(correlation) };
  });
}

function assertSameObject({ ids }: KmipContext, { uniqueIdentifier }: PartPayload, identifier: string | null): void {
  if (uniqueIdentifier === undefined || identifier === null) return;
  if (ids.resolve(uniqueIdentifier).toLowerCase() !== identifier.toLowerCase())
    refuse("InvalidCorrelationValue", "The Correlation Value belongs to another object.");
}

/** The parts of data that are held until the last one. What was held is wiped when it is taken. */
export class HeldParts {
  #parts: Buffer[] = [];

  add(data: Uint8Array | undefined): void {
    if (data !== undefined) this.#parts.push(Buffer.from(data));
  }

  take(): Buffer {
    const all = Buffer.concat(this.#parts);
    for (const part of this.#parts.splice(0)) part.fill(0);
    return all;
  }
}

/**
 * An operation on data that is held until its last part, and done on all of it then.
 *
 * @param done - Does it, for whoever asks for the end.
 * @param note - Told of every part: what else it brings.
 */
export function heldStream<P extends PartPayload, End extends object>(
  identifier: string,
  done: (caller: Caller, data: Buffer) => End,
  note?: (payload: P) => void,
): OpenStream<P, PartAnswer, End> {
  const held = new HeldParts();
  const keep = (payload: P): void => {
    held.add(payload.data);
    note?.(payload);
  };
  return {
    identifier,
    holds: true,
    part(_caller, payload) {
      keep(payload);
      return { uniqueIdentifier: identifier };
    },
    end(caller, payload) {
      keep(payload);
      return done(caller, held.take());
    },
  };
}

/** @throws KmipRefusedError where a request that is no part has no data */
export function dataOf({ data }: PartPayload): Uint8Array {
  return data ?? refuse("InvalidMessage", "The request has no data.");
}
