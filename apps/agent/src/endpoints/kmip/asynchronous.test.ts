import { setImmediate } from "node:timers/promises";
import { ENUM, type RequestItem, type ResponseItem } from "@holdfast/kmip";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { MAX_REQUESTS } from "./asynchronous-requests.ts";
import { KmipAsker } from "./testing/kmip-asker.ts";

const { Success, OperationFailed, OperationPending } = ENUM.ResultStatus;
const { Mandatory, Optional } = ENUM.AsynchronousIndicator;
const { InvalidAsynchronousCorrelationValue, ServerLimitExceeded, FeatureNotSupported } = ENUM.ResultReason;

let domain: TestDomain;
let client: KmipAsker;
let other: KmipAsker;
beforeAll(async () => {
  domain = await openTestDomain();
  client = await KmipAsker.enrol(domain, "database");
  other = await KmipAsker.enrol(domain, "neighbour");
});
afterAll(() => domain.close());

const aes = (name: string): RequestItem => ({
  operation: "Create",
  payload: {
    objectType: ENUM.ObjectType.SymmetricKey,
    attributes: [
      { name: "CryptographicAlgorithm", value: ENUM.CryptographicAlgorithm.AES },
      { name: "CryptographicLength", value: 256 },
      { name: "CryptographicUsageMask", value: 12 },
      { name: "Name", value: { nameValue: name, nameType: 1 } },
    ],
  },
});
const locate = (name: string): RequestItem => ({
  operation: "Locate",
  payload: { attributes: [{ name: "Name", value: { nameValue: name, nameType: 1 } }] },
});

async function later(item: RequestItem, asynchronousIndicator: number = Optional): Promise<Uint8Array> {
  const [answer] = (await client.batch("2.1", [item], { asynchronousIndicator })).items;
  expect(answer).toMatchObject({ operation: item.operation, resultStatus: OperationPending });
  expect(answer?.payload).toBeUndefined();
  return Buffer.from(answer?.asynchronousCorrelationValue ?? []);
}

/** Asks until the answer is there. */
async function polled(asynchronousCorrelationValue: Uint8Array): Promise<ResponseItem> {
  for (;;) {
    const answer = await client.item("2.1", "Poll", { asynchronousCorrelationValue });
    if (answer.resultStatus !== OperationPending) return answer;
    await setImmediate();
  }
}

const reasonOf = ({ resultStatus, resultReason }: ResponseItem) => [resultStatus, resultReason];
const unknown = [OperationFailed, InvalidAsynchronousCorrelationValue];

test("a Locate that may be answered later is: pending, then its own answer to Poll, once, to nobody else", async () => {
  for (const version of ["1.0", "1.4", "2.1"] as const) {
    const name = `later-${version}`;
    const [created] = (await client.batch("2.1", [aes(name)])).items as [ResponseItem<"Create">];
    const [pending] = (await client.batch(version, [locate(name)], { asynchronousIndicator: Optional })).items;
    expect(pending).toMatchObject({ operation: "Locate", resultStatus: OperationPending });
    const asynchronousCorrelationValue = Buffer.from(pending?.asynchronousCorrelationValue ?? []);
    expect(asynchronousCorrelationValue).toHaveLength(16);
    const stolen = await other.item(version, "Poll", { asynchronousCorrelationValue });
    expect(reasonOf(stolen)[0]).toBe(OperationFailed);
    const found = await client.item(version, "Poll", { asynchronousCorrelationValue });
    expect(found).toMatchObject({ operation: "Locate", resultStatus: Success });
    expect(found.payload).toMatchObject({ uniqueIdentifier: [created.payload?.uniqueIdentifier] });
    expect((await client.item(version, "Poll", { asynchronousCorrelationValue })).resultStatus).toBe(OperationFailed);
  }
});

test("what was cancelled before it began is never done; what is done cannot be cancelled", async () => {
  const never = await later(aes("never"), Mandatory);
  const cancelled = async (asynchronousCorrelationValue: Uint8Array, by = client) =>
    (await by.ask("2.1", "Cancel", { asynchronousCorrelationValue })).cancellationResult;
  const { Canceled, Completed, Unavailable } = ENUM.CancellationResult;
  expect(await cancelled(never, other)).toBe(Unavailable);
  expect(await cancelled(never)).toBe(Canceled);
  expect(await cancelled(never)).toBe(Unavailable);
  expect(reasonOf(await polled(never))).toEqual(unknown);
  const { uniqueIdentifier = [] } = await client.ask("2.1", "Locate", locate("never").payload as object);
  expect(uniqueIdentifier).toEqual([]);

  const done = await later(locate("nothing"));
  const { Completed: stage } = ENUM.ProcessingStage;
  const isDone = async () =>
    (await client.ask("2.1", "QueryAsynchronousRequests", {})).asynchronousRequest?.[0]?.processingStage === stage;
  await expect.poll(isDone, { timeout: 5000 }).toBe(true); // begun without being asked for
  expect(await cancelled(done)).toBe(Completed);
  expect((await polled(done)).resultStatus).toBe(Success);
});

test("Mandatory holds for every item, and each is carried out; what asks of requests is refused", async () => {
  const [first, second, poll] = (
    await client.batch(
      "2.1",
      [aes("one"), aes("two"), { operation: "Poll", payload: { asynchronousCorrelationValue: Buffer.alloc(16) } }],
      { asynchronousIndicator: Mandatory },
    )
  ).items;
  expect(reasonOf(poll as ResponseItem)).toEqual([OperationFailed, FeatureNotSupported]);
  const { asynchronousRequest } = await client.ask("2.1", "QueryAsynchronousRequests", {});
  expect(asynchronousRequest?.map(({ operation }) => operation)).toEqual([
    ENUM.Operation.Create,
    ENUM.Operation.Create,
  ]);
  for (const pending of [first, second]) {
    const asynchronousCorrelationValue = Buffer.from(pending?.asynchronousCorrelationValue ?? []);
    let answer = await client.item("2.1", "Process", { asynchronousCorrelationValue });
    if (answer.resultStatus === OperationPending) answer = await polled(asynchronousCorrelationValue);
    expect(answer).toMatchObject({ operation: "Create", resultStatus: Success });
  }
});

test("a client that was withdrawn meanwhile gets nothing done", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const enrolled = await domain.enrol("short-lived", [{ ops: ["all"], keys: { kind: "own" } }]);
  const asker = new KmipAsker(domain, enrolled);
  const [pending] = (await asker.batch("2.1", [aes("too-late")], { asynchronousIndicator: Mandatory })).items;
  expect(pending?.resultStatus).toBe(OperationPending);
  domain.revoke(enrolled.id);
  const size = domain.log.size;
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  expect(domain.log.size).toBe(size);
});

test("a client has a bounded number of requests under way", async () => {
  const values: Uint8Array[] = [];
  for (let n = 0; n < MAX_REQUESTS; n += 1) values.push(await later(locate("x")));
  const [refused] = (await client.batch("2.1", [locate("x")], { asynchronousIndicator: Optional })).items;
  expect(reasonOf(refused as ResponseItem)).toEqual([OperationFailed, ServerLimitExceeded]);
  for (const value of values) expect((await polled(value)).resultStatus).toBe(Success);
});
