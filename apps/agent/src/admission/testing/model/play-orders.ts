import { HoldfastError, type PasskeyApproval } from "@holdfast/protocol";
import { flipBit } from "@holdfast/testkit";
import type { FaultPointName } from "../../../lifecycle/fault-point-names.ts";
import { answerText } from "./answer-text.ts";
import { answered, STEPS_OF_COMMANDS } from "./answered.ts";
import type { BothSides } from "./both-sides.ts";
import { differs } from "./compare.ts";
import { type Decision, decide, envelopeOf, idsOf, type Order, propose } from "./desk.ts";
import type { Sign, StepOf } from "./history.ts";
import { deliver, touch } from "./model-admission.ts";
import { keepSecret } from "./play-enrolment.ts";

export async function playOrder(sides: BothSides, step: StepOf<"order">): Promise<string[]> {
  const order = propose(sides.state, sides.domain, step);
  sides.orders.push(order);
  order.decisions.push(...decisionsOf(sides, order, step.signs));
  sides.note(`order ${step.act}`);
  return step.sent ? deliverOrder(sides, { order, decisions: order.decisions, cut: step.cut }) : [];
}

export async function playAgain(sides: BothSides, { order: at, kept, signs, cut }: StepOf<"again">): Promise<string[]> {
  const order = sides.pick(at);
  if (order === null) return [];
  const before = kept === "all" ? order.decisions : order.decisions.slice(0, kept === "first" ? 1 : 0);
  const fresh = decisionsOf(sides, order, signs);
  order.decisions.push(...fresh);
  return deliverOrder(sides, { order, decisions: [...before, ...fresh].slice(-12), cut });
}

function decisionsOf(sides: BothSides, { command }: Order, signs: readonly Sign[]): Decision[] {
  return signs.map((sign) => decide(sides.domain, [command.hash], sign));
}

/** Delivers an order with some of its decisions, perhaps into a loss of power. */
export async function deliverOrder(
  sides: BothSides,
  { order, decisions, cut }: { order: Order; decisions: readonly Decision[]; cut: FaultPointName | null },
): Promise<string[]> {
  const { bytes, model } = envelopeOf(order, decisions);
  const judge = () => {
    const answer = deliver(sides.state, model, idsOf);
    sides.note(`${model.command.act}: ${answer.outcome}`);
    return answer;
  };
  const send = async () => {
    const decided = await sides.world.domain.admission.deliver(bytes, "mailbox");
    keepSecret(sides, decided);
    return decided;
  };
  return answered(sides, { judge, send, cut, always: STEPS_OF_COMMANDS });
}

export async function playTouch(sides: BothSides, { orders, sign }: StepOf<"touch">): Promise<string[]> {
  const picked = [...new Set(orders.map((at) => sides.pick(at)))].filter((order) => order !== null);
  if (picked.length === 0) return [];
  const how = sign.how === "another list" ? "another challenge" : sign.how === "only proposes" ? "approves" : sign.how;
  const list = picked.map(({ command }) => command.hash);
  const { real, model } = decide(sides.domain, list, { ...sign, how });
  const expected = touch(sides.state, { approval: model, idsOf });
  for (const answer of expected) sides.note(`at the page ${answerText(answer)}`);
  const { decision, credId, clientDataJSON, authData, sig } = real as PasskeyApproval;
  const assertion = { credId, clientDataJSON, authData, sig };
  try {
    const found = await sides.world.domain.admission.decide({ decision: decision as 1 | 2, list, assertion });
    for (const each of found) keepSecret(sides, each);
    return differs(
      "answers",
      found.map(({ outcome, code }) => ({ outcome, code })),
      expected,
    );
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return differs("answers", [{ outcome: "thrown", code: error.code }], expected);
  }
}

/** One bit of an approved envelope is another: refused, or the answer that its command had before. */
export async function playJunk(sides: BothSides, { order: at, at: place, bit }: StepOf<"junk">): Promise<string[]> {
  const order = sides.pick(at);
  if (order === null) return [];
  const [decision] = [...order.decisions, ...decisionsOf(sides, order, [{ hand: 0, how: "approves" }])];
  const decisions = decision === undefined ? [] : [decision];
  const { bytes } = envelopeOf({ ...order, proposal: null }, decisions);
  const { outcome, code = "" } = await sides.world.domain.admission.deliver(
    flipBit(bytes, place % bytes.length, bit),
    "mailbox",
  );
  const before = sides.state.decided.get(order.command.hash);
  sides.note(`junk ${outcome}`);
  if (outcome === before?.outcome && code === (before.code ?? "")) return [];
  sides.state.counted.push(code);
  return differs("answer to junk", outcome, "refused");
}
