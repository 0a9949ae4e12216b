import type { ProductionStep } from "../admin/answers.ts";
import type { MoveAnswer, MovingPerson } from "../admin/move-routes.ts";
import { COMMON_OPTIONS, type Command, EXIT_PENDING } from "./command.ts";
import { showTime } from "./output.ts";

/** `move`: the guided way from a try-out's page to a name of the customer's; run again, it goes on where it was. */
export const move: Command = {
  usage: "[--again]   (--again: new addresses for those who were invited)",
  options: { ...COMMON_OPTIONS, again: { type: "boolean" } },
  async run({ admin, args, out }) {
    const client = admin();
    const answer = await client.post<MoveAnswer>("/v1/move", { again: args.flag("again") });
    const { steps } = await client.get<{ steps: ProductionStep[] }>("/v1/production");
    const left = steps.filter(({ done }) => !done);
    out.result({ ...answer, left: left.length }, () => [moveText(answer), "", leftText(left)].join("\n"));
    return answer.stage === "done" ? 0 : EXIT_PENDING;
  },
};

function moveText({ what, next, people, approve, due }: MoveAnswer): string {
  return [
    what,
    ...people.map(personText),
    ...approve.map((url) => `  ${url}`),
    ...(due === undefined ? [] : [`  in force at ${showTime(due)} (by the agent's running time)`]),
    ...(next === undefined ? [] : [`Next: ${next}`]),
  ].join("\n");
}

function personText({ label, state, url, expiresAt }: MovingPerson): string {
  if (state === "moved") return `  ${label}: has moved`;
  if (state === "given") return `  ${label}: has made one`;
  if (url === undefined || expiresAt === undefined)
    return `  ${label}: was invited, and has not opened the address yet`;
  return `  ${label}: give this address to them alone; it opens once, before ${showTime(expiresAt)}\n    ${url}`;
}

function leftText(left: readonly ProductionStep[]): string {
  const [first] = left;
  if (first === undefined) return "Nothing is left on the way to production.";
  return `${left.length} steps are left on the way to production (\`holdfast-agent production\`); the first: ${first.what}`;
}
