import { LEGACY_ALGORITHMS, LEGACY_WORDS } from "@holdfast/protocol";
import { ACT_OPTIONS, carryOut } from "./act.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";

export const cryptoAllow: Command = {
  usage: `${LEGACY_ALGORITHMS.join("|")}[,…] | none [--reason TEXT] [--wait]`,
  words: 1,
  options: { ...COMMON_OPTIONS, ...ACT_OPTIONS },
  run(context) {
    const { args, out } = context;
    const given = args.word(0, "ALGORITHMS");
    const algorithms = given === "none" ? [] : given.split(",").map((word) => word.trim());
    const unknown = algorithms.find((word) => !(LEGACY_ALGORITHMS as readonly string[]).includes(word));
    if (unknown !== undefined) throw args.usageError(`${unknown} is none of ${LEGACY_ALGORITHMS.join(", ")}.`);
    return carryOut(context, { act: "crypto.allow", args: { algorithms } }, () => {
      const allowed = LEGACY_ALGORITHMS.filter((each) => algorithms.includes(each));
      out.result({ allowed }, () =>
        allowed.length === 0
          ? "No old algorithms are allowed."
          : ["Allowed:", ...allowed.map((each) => `  ${each}: ${LEGACY_WORDS[each]}`)].join("\n"),
      );
    });
  },
};
