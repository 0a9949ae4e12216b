import { encodeEnvelope } from "@holdfast/protocol";
import { answerText } from "./answer-text.ts";
import type { BothSides } from "./both-sides.ts";
import { differs } from "./compare.ts";
import { type Decision, decide, decideByKey } from "./desk.ts";
import { type Link, proposeLink } from "./desk-links.ts";
import type { StepOf } from "./history.ts";
import { deliverLink } from "./model-links.ts";

export async function playLink(sides: BothSides, step: StepOf<"link">): Promise<string[]> {
  const { kind, pick, sent } = step;
  const link = proposeLink(sides.state, kind, pick);
  sides.links.push({ ...link, decisions: decisionsOver(sides, link, step) });
  sides.note(`link: ${link.model.kind}`);
  return sent ? deliverToLinks(sides, sides.links.at(-1)) : [];
}

export async function playLinkAgain(
  sides: BothSides,
  { link: at, kept, ...signed }: StepOf<"link again">,
): Promise<string[]> {
  const link = sides.links[at % Math.max(1, sides.links.length)];
  if (link === undefined) return [];
  const fresh = decisionsOver(sides, link, signed);
  return deliverToLinks(sides, { ...link, decisions: [...(kept ? link.decisions : []), ...fresh] });
}

/** Recovery keys sign recoveries, administrators all else; each may try the other. */
function decisionsOver(
  { domain }: BothSides,
  { model: { hash, kind } }: Pick<Link, "model">,
  { signs, keys, crossed }: Pick<StepOf<"link">, "signs" | "keys" | "crossed">,
): Decision[] {
  const people = signs.map((sign) => decide(domain, [hash], sign));
  const holders = keys.map((sign) => decideByKey(domain, [hash], sign));
  if (crossed) return [...people, ...holders];
  return kind === "recover" ? holders : people;
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
  if (model.kind === "recover") sides.note(`recovery ${answerText(answer)}`);
  const bytes = encodeEnvelope({ typ: "env", ver: 1, doc, approvals });
  const { outcome, code } = await sides.world.domain.links.deliver(bytes, "mailbox");
  return differs("answer to a link", { outcome, code }, answer);
}
