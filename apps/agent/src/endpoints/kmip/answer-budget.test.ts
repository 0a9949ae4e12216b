import {
  DEFAULT_LIMITS,
  decodeResponse,
  ENUM,
  encodeRequest,
  type RequestHeader,
  type RequestItem,
} from "@holdfast/kmip";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { answerBudgetOf, MAX_ANSWER_BYTES, MAX_ANSWERS_BYTES } from "./answer-budget.ts";
import { KmipAsker } from "./testing/kmip-asker.ts";

const { Success, OperationFailed } = ENUM.ResultStatus;
const { ResponseTooLarge } = ENUM.ResultReason;
const SIZE = 900_000;

let domain: TestDomain;
let client: KmipAsker;
let large: string;
beforeAll(async () => {
  domain = await openTestDomain();
  client = await KmipAsker.enrol(domain);
  const { uniqueIdentifier } = await client.ask("1.4", "Register", {
    objectType: ENUM.ObjectType.OpaqueObject,
    object: { type: "OpaqueObject", opaqueDataType: 1, opaqueDataValue: Buffer.alloc(SIZE, 7) },
    attributes: [],
  } as never);
  large = String(uniqueIdentifier);
});
afterAll(() => domain.close());

const gets = (count: number): RequestItem[] =>
  Array.from({ length: count }, () => ({ operation: "Get", payload: { uniqueIdentifier: large } }));

/** The items of an answer, however large it is. */
async function batch(items: readonly RequestItem[], header: RequestHeader = {}) {
  const answered = await client.bytes(encodeRequest({ version: "1.4", header, items }));
  return decodeResponse(answered, { limits: { ...DEFAULT_LIMITS, maxBytes: 1024 ** 3 } }).items;
}

test("a short batch brings about no endless answer: what does not fit is refused, and nothing more is taken out", async () => {
  for (const batchErrorContinuationOption of [undefined, ENUM.BatchErrorContinuationOption.Continue]) {
    const size = domain.log.size;
    const items = await batch(gets(1000), { batchErrorContinuationOption });
    const given = items.filter(({ resultStatus }) => resultStatus === Success).length;
    expect(given).toBe(Math.floor(MAX_ANSWER_BYTES / (SIZE + 200)));
    const refused = items.slice(given);
    expect(refused).toHaveLength(batchErrorContinuationOption === undefined ? 1 : 1000 - given);
    for (const item of refused)
      expect(item).toMatchObject({ resultStatus: OperationFailed, resultReason: ResponseTooLarge });
    // The releases, the one that did not fit any more, and that the object is not fresh from the first one on.
    expect(domain.log.size - size).toBeLessThanOrEqual(given + 2);
  }
});

test("answers that are being made share a budget, and give it back", async () => {
  const budget = answerBudgetOf(domain);
  expect(budget.take(MAX_ANSWER_BYTES, 0)).toBe(true);
  const others = MAX_ANSWERS_BYTES / MAX_ANSWER_BYTES - 1;
  for (let n = 0; n < others; n += 1) expect(budget.take(MAX_ANSWER_BYTES, 0)).toBe(true);
  const [first] = await batch(gets(2));
  expect(first).toMatchObject({ resultStatus: OperationFailed, resultReason: ResponseTooLarge });
  for (let n = 0; n <= others; n += 1) budget.give(MAX_ANSWER_BYTES);
  for (let round = 0; round < 40; round += 1) {
    const items = await batch(gets(10));
    expect(items.every(({ resultStatus }) => resultStatus === Success)).toBe(true);
  }
});
