import { HoldfastError, type PasskeyApproval } from "@holdfast/protocol";
import { flipBit } from "@holdfast/testkit";
import type { FaultPointName } from "../../../lifecycle/fault-point-names.ts";
import type { Decided } from "../../decided.ts";
import { answerText } from "./answer-text.ts";
import type { BothSides } from "./both-sides.ts";
import { differs } from "./compare.ts";
import { type Decision, decide, envelopeOf, idsOf, type Order, propose } from "./desk.ts";
import type { Sign, StepOf } from "./history.ts";
import { deliver, touch } from "./model-admission.ts";

/** From this step of the executor on, what it wrote is durable. */
const DURABLE: ReadonlySet<string> = new Set([
  "executor:committed",
  "executor:before-checkpoint",
  "executor:after-checkpoint",
]);
/** Steps that every transaction takes. */
const ALWAYS: ReadonlySet<string> = new Set(["executor:begun", ...DURABLE]);

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
  const send = () => sides.world.domain.admission.deliver(bytes, "mailbox");
  if (cut !== null) return deliverCut(sides, { model, send, cut });
  const answer = deliver(sides.state, model, idsOf);
  sides.note(answerText(answer));
  const { outcome, code } = await send();
  return differs("answer", { outcome, code }, answer);
}

/** The power goes at a step of the executor, where the delivery gets that far. */
async function deliverCut(
  sides: BothSides,
  {
    model,
    send,
    cut,
  }: {
    model: Parameters<typeof deliver>[1];
    send: () => Promise<Decided>;
    cut: FaultPointName;
  },
): Promise<string[]> {
  const before = structuredClone(sides.state);
  const expected = deliver(sides.state, model, idsOf);
  const wrote = sides.state.log.length > before.log.length;
  const answer = await sides.world.cutAt(cut, send);
  if (answer !== null) {
    const missed = ALWAYS.has(cut) && wrote ? [`the power never went at ${cut}`] : [];
    return [...missed, ...differs("answer", { outcome: answer.outcome, code: answer.code }, expected)];
  }
  sides.note(`power lost at ${cut}`);
  if (!DURABLE.has(cut)) sides.state = before;
  sides.reopened();
  return [];
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
