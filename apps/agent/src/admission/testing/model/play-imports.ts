import { HoldfastError, type ImportOffer } from "@holdfast/protocol";
import { answerText } from "./answer-text.ts";
import type { BothSides } from "./both-sides.ts";
import { differs } from "./compare.ts";
import { seal } from "./desk-imports.ts";
import type { StepOf } from "./history.ts";
import { receive } from "./model-imports.ts";

/** Whoever holds keys seals them to an offer and gives them to the agent, or gives what was given before. */
export async function playSeal(sides: BothSides, step: StepOf<"seal">): Promise<string[]> {
  learnOffers(sides);
  const offers = [...sides.offers.values()].reverse();
  const offer = offers[step.import % Math.max(1, offers.length)];
  if (offer === undefined) return [];
  const before = sides.sealed[step.pick % Math.max(1, sides.sealed.length)];
  const other = offers.find(({ importId }) => importId !== offer.importId) ?? offer;
  const made = step.again && before !== undefined ? before : await seal([offer, other], step);
  sides.sealed.push(made);
  const { outcome, code, hash } = give(sides, made.bytes);
  const answer = receive(sides.state, made.model, hash);
  sides.note(`sealed keys ${answerText(answer)}`);
  return differs("answer to sealed keys", { outcome, code }, answer);
}

/** Offers of all imports that ever began, also of those that a restore has taken away: they are public. */
function learnOffers({ state, world, offers }: BothSides): void {
  for (const importId of state.imports.keys()) {
    if (offers.has(importId)) continue;
    const found = world.domain.transfers.open().find(({ offer }) => offer.importId === importId);
    if (found !== undefined) offers.set(importId, found.offer as ImportOffer);
  }
}

function give({ world }: BothSides, bytes: Uint8Array): { outcome: string; code?: string; hash: string } {
  try {
    const { reference } = world.domain.transfers.receive(bytes, "the old house");
    return { outcome: "received", hash: reference.slice("intro:".length) };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { outcome: "refused", code: error.code, hash: "" };
  }
}
