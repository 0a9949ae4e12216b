import type { ArgsOf } from "./command-args.ts";
import type { CommandDescription } from "./command-description.ts";

/** @see describeCommand */
export function describeLoss({ size, lost }: ArgsOf<"log.acceptLoss">): CommandDescription {
  const newest = lost.at(-1)?.size ?? size;
  const count = newest - size;
  const heads = lost.length === 1 ? "" : ` ${lost.length} signed heads are given up.`;
  return {
    title: `Give up ${count} lost log ${count === 1 ? "entry" : "entries"}`,
    tag: "gives up log entries",
    danger: true,
    lines: [
      `The key server holds ${size} entries and has signed ${newest}: an older disk was put in place. It goes on from its ${size}; what came after is lost, and the log says so.${heads}`,
      "Keys and versions made since are gone, with what was encrypted under them. What was suspended, withdrawn, destroyed or forbidden since is as it was before: do it again at once.",
      "Approve it only if the newer disk is gone for good, no newer backup exists and no copy of this key server runs.",
    ],
  };
}
