import type { KeyView } from "../admin/answers.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { keyText, versionTable } from "./key-text.ts";

export const keyShow: Command = {
  usage: "KEY (an id, an alias or a unique name)",
  words: 1,
  options: COMMON_OPTIONS,
  async run({ admin, args, out }) {
    const key = await admin().get<KeyView>(`/v1/keys/${encodeURIComponent(args.word(0, "KEY"))}`);
    out.result(key, () => `${keyText(key)}\n\n${versionTable(key)}`);
    return 0;
  },
};
