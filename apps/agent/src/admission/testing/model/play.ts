import { FakeClock } from "@holdfast/testkit";
import { BothSides } from "./both-sides.ts";
import type { Step } from "./history.ts";
import type { ModelDomain } from "./model-domain.ts";
import { ModelWorld } from "./model-world.ts";
import { playEnrolment } from "./play-enrolment.ts";
import { playHostEvent, playRestore, playRollback } from "./play-host.ts";
import { playSeal } from "./play-imports.ts";
import { playLink, playLinkAgain } from "./play-links.ts";
import { playAgain, playJunk, playOrder, playTouch } from "./play-orders.ts";

/** What a history came to. */
export interface Played {
  /** Where the agent was not as the model says; empty where it always was. */
  readonly differences: readonly string[];
  /** What was answered and what happened, by name, for the tally. */
  readonly tally: ReadonlyMap<string, number>;
  /** Kinds of the log's entries about links, as both sides have them. */
  readonly links: readonly string[];
}

/** Plays one history against a real agent and the model, up to the first difference. */
export async function playHistory(domain: ModelDomain, steps: readonly Step[]): Promise<Played> {
  const clock = new FakeClock(domain.wall);
  const world = await ModelWorld.open(domain, clock);
  const sides = new BothSides(domain, world, clock);
  const { tally } = sides;
  const links = () => sides.state.log.filter((kind) => kind.startsWith("roster"));
  try {
    for (const [at, step] of steps.entries()) {
      sides.note(`step: ${step.do}`);
      const differences = await sides.after(() => playStep(sides, step));
      if (differences.length > 0)
        return { differences: differences.map((each) => `step ${at}, ${step.do}: ${each}`), tally, links: links() };
    }
    return { differences: [], tally, links: links() };
  } finally {
    world.remove();
  }
}

function playStep(sides: BothSides, step: Step): Promise<string[]> {
  switch (step.do) {
    case "order":
      return playOrder(sides, step);
    case "again":
      return playAgain(sides, step);
    case "touch":
      return playTouch(sides, step);
    case "link":
      return playLink(sides, step);
    case "link again":
      return playLinkAgain(sides, step);
    case "enrol":
      return playEnrolment(sides, step);
    case "seal":
      return playSeal(sides, step);
    case "junk":
      return playJunk(sides, step);
    case "restore":
      return playRestore(sides, step);
    case "rollback":
      return playRollback(sides, step);
    default:
      return playHostEvent(sides, step);
  }
}
