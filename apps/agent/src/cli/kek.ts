import { COMMON_OPTIONS, type Command } from "./command.ts";
import { facts, showTime } from "./output.ts";

/** The key-encryption keys, as the agent tells them. */
interface KekAnswer {
  current: number;
  keks: { number: number; createdAt: number }[];
  rotation: { done: number; total: number } | null;
  left: number;
}

/** A million versions take minutes. */
const LONGEST_SECONDS = 3_600;

const kekStatus: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const answer = await admin().get<KekAnswer>("/v1/kek");
    out.result(answer, () => kekText(answer));
    return 0;
  },
};

const kekRotate: Command = {
  usage: "[--wait]",
  options: { ...COMMON_OPTIONS, wait: { type: "boolean" } },
  async run({ admin, args, out }) {
    const wait = args.flag("wait");
    const answer = await admin().post<KekAnswer>("/v1/kek/rotate", { wait }, LONGEST_SECONDS);
    out.result(answer, () => kekText(answer));
    return 0;
  },
};

/** Commands about key-encryption keys. */
export const kekCommands = {
  "kek status": kekStatus,
  "kek rotate": kekRotate,
};

function kekText({ current, keks, rotation, left }: KekAnswer): string {
  const rows: [string, string][] = keks.map(({ number, createdAt }) => [
    `key-encryption key ${number}`,
    `made ${showTime(createdAt)}${number === current ? "; wraps what is new" : "; being replaced"}`,
  ]);
  if (rotation) rows.push(["rotation", `${rotation.done} of ${rotation.total} versions of keys`]);
  else if (keks.length === 1) rows.push(["rotation", "none under way; everything is under the newest"]);
  if (left > 0)
    rows.push([
      "left behind",
      `${left}: their rows are not as the log says; the older one is kept (see \`holdfast-agent doctor\`)`,
    ]);
  return facts(rows);
}
