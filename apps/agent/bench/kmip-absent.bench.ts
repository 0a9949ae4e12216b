// Whether the time of an answer tells an object that is another client's from one that does not exist: each is asked for by
// turns, in an order drawn anew, and the two are compared by their medians and by a rank test.
//   node apps/agent/bench/kmip-absent.bench.ts [rounds]
import { answerKmip } from "../src/endpoints/kmip/answer-kmip.ts";
import { FuzzTarget } from "../src/endpoints/kmip/testing/fuzz/fuzz-target.ts";
import { frame } from "./kmip-frames.ts";
import { rankTest } from "./rank-test.ts";

const rounds = Number(process.argv[2] ?? 200_000);
const ABSENT = "5e1d9a47-c3b0-8f26-9b7e-40a6c8d2f315";
const ABSENT_TOO = "b27c4f08-16ea-85d3-a94f-e3715c0b8d62";

const target = await FuzzTarget.open();
const session = target.sessionOf(target.attacker);
const others = target.identifiers.other[0] ?? ABSENT;
for (const operation of ["GetAttributes", "Encrypt", "Check"] as const) {
  const ask = (uniqueIdentifier: string): Buffer =>
    operation === "Encrypt"
      ? frame(operation, { uniqueIdentifier, data: Buffer.alloc(32) })
      : frame(operation, { uniqueIdentifier });
  const frames = [ask(ABSENT), ask(others), ask(ABSENT_TOO)] as const;
  const times: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds * 3; round += 1) {
    const which = Math.floor(Math.random() * 3) as 0 | 1 | 2;
    const message = Buffer.from(frames[which]);
    const begun = process.hrtime.bigint();
    const answered = answerKmip(message, session);
    const took = Number(process.hrtime.bigint() - begun);
    if (answered instanceof Promise) throw new TypeError("a refusal waits for nothing");
    if (round > rounds / 5) times[which].push(took);
  }
  const [absent, notYours, absentToo] = times;
  console.log(`${operation}: absent ${said(absent)}, not yours ${said(notYours)}, another absent ${said(absentToo)};`);
  const z = (other: readonly number[]): string => rankTest(absent, other).toFixed(1);
  console.log(`  z of absent and not yours ${z(notYours)}, of two that are absent ${z(absentToo)}`);
}
await target.close();

function said(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => ((sorted[Math.floor(sorted.length * share)] ?? Number.NaN) / 1000).toFixed(2);
  return `median ${at(0.5)} µs (quarter ${at(0.25)}, nine tenths ${at(0.9)})`;
}
