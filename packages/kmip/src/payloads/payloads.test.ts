import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KmipError } from "../errors.ts";
import { decodeRequest, encodeRequest, type RequestItem, type RequestMessage } from "../messages/request-message.ts";
import {
  decodeResponse,
  encodeResponse,
  type ResponseItem,
  type ResponseMessage,
} from "../messages/response-message.ts";
import { ENUM } from "../tags/enumeration-table.ts";
import { hasTag, hasValue } from "../tags/versions.ts";
import { SAMPLES } from "../testing/sample-payloads.ts";
import { decodeTtlv } from "../ttlv/decode-ttlv.ts";
import { encodeTtlv } from "../ttlv/encode-ttlv.ts";
import { type Ttlv, TYPE } from "../ttlv/ttlv.ts";
import { KMIP_VERSIONS, type KmipVersion } from "../version.ts";
import { OPERATION_NAMES, type OperationName } from "./operations.ts";

function requestOf(version: KmipVersion, operation: OperationName): RequestMessage<RequestItem> {
  return { version, header: {}, items: [{ operation, payload: SAMPLES[operation][0] } as RequestItem] };
}

function responseOf(version: KmipVersion, operation: OperationName): ResponseMessage {
  const item = { operation, resultStatus: ENUM.ResultStatus.Success, payload: SAMPLES[operation][1] } as ResponseItem;
  return { version, header: { timeStamp: 1 }, items: [item] };
}

/** The tags of a tree that a version does not have. */
function foreignTags(version: KmipVersion, item: Ttlv): number[] {
  const inside = item.type === TYPE.Structure ? item.value.flatMap((each) => foreignTags(version, each)) : [];
  return hasTag(version, item.tag) ? inside : [item.tag, ...inside];
}

describe("payloads", () => {
  test.each(OPERATION_NAMES)("of %s go there and back", (operation) => {
    const request = requestOf("2.1", operation);
    expect(decodeRequest(encodeRequest(request))).toEqual(request);
    // The attribute that a response repeats is of 1.x.
    const version = operation.endsWith("Attribute") && operation !== "SetAttribute" ? "1.4" : "2.1";
    const response = responseOf(version, operation);
    expect(decodeResponse(encodeResponse(response), { unknownFields: "refuse" })).toEqual(response);
  });

  test.each(KMIP_VERSIONS)("carry only what %s has, and come out as they went in", (version) => {
    for (const operation of OPERATION_NAMES) {
      if (!hasValue(version, "Operation", ENUM.Operation[operation])) continue;
      const request = encodeRequest(requestOf(version, operation));
      const response = encodeResponse(responseOf(version, operation));
      expect(foreignTags(version, decodeTtlv(request)), operation).toEqual([]);
      expect(foreignTags(version, decodeTtlv(response)), operation).toEqual([]);
      expect(encodeRequest(decodeRequest(request) as RequestMessage<RequestItem>), operation).toEqual(request);
      expect(encodeResponse(decodeResponse(response)), operation).toEqual(response);
    }
  });
});

const anyMessage = fc.record({
  operation: fc.constantFrom(...OPERATION_NAMES),
  version: fc.constantFrom(...KMIP_VERSIONS),
  way: fc.constantFrom("request", "response"),
});

function encoded({ operation, version, way }: { operation: OperationName; version: KmipVersion; way: string }): Buffer {
  return way === "request"
    ? encodeRequest(requestOf(version, operation))
    : encodeResponse(responseOf(version, operation));
}

/** Decodes as a message; what is accepted is a message that can be encoded. */
function decodeEither(bytes: Buffer): void {
  try {
    const isRequest = bytes[2] === 0x78;
    if (!isRequest) return void encodeResponse(decodeResponse(bytes));
    const message = decodeRequest(bytes);
    if (message.items.every(({ refusal }) => refusal === undefined))
      encodeRequest(message as RequestMessage<RequestItem>);
  } catch (error) {
    if (!(error instanceof KmipError)) throw error;
  }
}

describe("a message of any operation", () => {
  test("with bytes changed gives a message or our own error", () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(anyMessage, changes, (kind, edits) => {
        const bytes = encoded(kind);
        for (const [at, value] of edits) bytes[at % bytes.length] = value;
        decodeEither(bytes);
      }),
      { numRuns: 10_000 },
    );
  });

  test("with items retyped, retagged, doubled, dropped or exchanged gives a message or our own error", () => {
    const edit = fc.record({
      at: fc.nat(200),
      from: fc.nat(200),
      how: fc.constantFrom("drop", "double", "replace", "retag"),
    });
    fc.assert(
      fc.property(anyMessage, anyMessage, fc.array(edit, { minLength: 1, maxLength: 3 }), (kind, other, edits) => {
        let tree = decodeTtlv(encoded(kind));
        const donor = flat(decodeTtlv(encoded(other)));
        for (const { at, from, how } of edits) tree = mutate(tree, at, how, donor[from % donor.length] as Ttlv);
        decodeEither(encodeTtlv(tree));
      }),
      { numRuns: 10_000 },
    );
  });
});

function flat(item: Ttlv): Ttlv[] {
  return item.type === TYPE.Structure ? [item, ...item.value.flatMap(flat)] : [item];
}

/** The tree with its `at`-th item, counted through, changed. The root stays. */
function mutate(tree: Ttlv, at: number, how: string, donor: Ttlv): Ttlv {
  const target = flat(tree)[1 + (at % Math.max(1, flat(tree).length - 1))];
  const change = (item: Ttlv): Ttlv[] => {
    if (item === target) {
      if (how === "drop") return [];
      if (how === "double") return [item, item];
      return [how === "retag" ? { ...item, tag: donor.tag } : { ...donor, tag: item.tag }];
    }
    return [item.type === TYPE.Structure ? { ...item, value: item.value.flatMap(change) } : item];
  };
  return change(tree)[0] as Ttlv;
}
