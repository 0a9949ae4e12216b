import { type Command, type Leaf, lostHeadsOf } from "@holdfast/protocol";

/** What is wrong with an entry that says what was given up; null when it says what was approved. */
export function lossProblem(leaf: Leaf, command: Command | null): string | null {
  if (command?.act !== "log.acceptLoss" && command?.act !== "restore.accept") return "gives up what nobody approved";
  const { size, root } = command.args;
  if (leaf.data?.["size"] !== size || leaf.data?.["root"] !== root || size > leaf.n)
    return "gives up after another head than was approved";
  const approved = command.act === "log.acceptLoss" ? command.args.lost : [];
  const lost = lostHeadsOf(leaf);
  const isSame =
    lost.length === approved.length &&
    lost.every((head, at) => head.size === approved[at]?.size && head.root === approved[at]?.root);
  return isSame ? null : "gives up other heads than were approved";
}
