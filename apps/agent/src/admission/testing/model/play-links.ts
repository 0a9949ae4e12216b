import { encodeEnvelope } from "@holdfast/protocol";
import { answerText } from "./answer-text.ts";
import type { BothSides } from "./both-sides.ts";
import { differs } from "./compare.ts";
import { decide } from "./desk.ts";
import { type Link, proposeLink } from "./desk-links.ts";
import type { StepOf } from "./history.ts";
import { deliverLink } from "./model-links.ts";

export async function playLink(sides: BothSides, { kind, pick, signs, sent }: StepOf<"link">): Promise<string[]> {
  const link = proposeLink(sides.state, kind, pick);
  sides.links.push({ ...link, decisions: signs.map((sign) => decide(sides.domain, [link.model.hash], sign)) });
  sides.note(`link: ${link.model.kind}`);
  return sent ? deliverToLinks(sides, sides.links.at(-1)) : [];
}

export async function playLinkAgain(
  sides: BothSides,
  { link: at, kept, signs }: StepOf<"link again">,
): Promise<string[]> {
  const link = sides.links[at % Math.max(1, sides.links.length)];
  if (link === undefined) return [];
  const fresh = signs.map((sign) => decide(sides.domain, [link.model.hash], sign));
  return deliverToLinks(sides, { ...link, decisions: [...(kept ? link.decisions : []), ...fresh] });
}

async function deliverToLinks(sides: BothSides, link: Link | undefined): Promise<string[]> {
  if (link === undefined) return [];
  const { doc, model, decisions } = link;
  const approvals = decisions.map(({ real }) => real);
  const answer = deliverLink(
    sides.state,
    model,
    decisions.map((each) => each.model),
  );
  sides.note(`link ${answerText(answer)}`);
  const bytes = encodeEnvelope({ typ: "env", ver: 1, doc, approvals });
  const { outcome, code } = await sides.world.domain.links.deliver(bytes, "mailbox");
  return differs("answer to a link", { outcome, code }, answer);
}
