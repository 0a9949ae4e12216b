import type { ProductionStep } from "../admin/answers.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";

export const production: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run(context) {
    const { steps } = await context.admin().get<{ steps: ProductionStep[] }>("/v1/production");
    const left = steps.filter(({ done }) => !done).length;
    context.out.result({ ready: left === 0, left, steps }, () =>
      [...steps.map(stepText), "", left === 0 ? "Nothing is left." : `${left} of ${steps.length} are left.`].join("\n"),
    );
    return left === 0 ? 0 : 1;
  },
};

function stepText({ done, what, next }: ProductionStep, index: number): string {
  const line = `${String(index + 1).padStart(2)}. ${done ? "done" : "left"}  ${what}`;
  return next === undefined ? line : `${line}\n          ${next}`;
}
