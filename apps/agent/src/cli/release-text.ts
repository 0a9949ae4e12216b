import { facts } from "./output.ts";

/** What a new key server that waits for a backup says: who comes in which order, and what is lost if it ends before. */
export function releaseText(ready: {
  readonly words: readonly string[];
  readonly k: number;
  readonly custodians: readonly string[];
  readonly approveUrl: string | null;
  readonly custodianUrl: string | null;
  readonly admin: string;
}): string {
  return [
    "This new key server waits. It has nothing of the backup yet.",
    "",
    facts([
      ["matching words", ready.words.join(" ")],
      ...(ready.approveUrl === null ? [] : [["1. administrators", ready.approveUrl] as [string, string]]),
      [`${ready.approveUrl === null ? "1" : "2"}. ${ready.k} of`, ready.custodians.join(", ")],
      ["   at", ready.custodianUrl ?? "`holdfast-agent escrow give` on this host"],
    ]),
    "",
    "Compare the words with those on the custodians' sheets before anybody gives anything.",
    "Leave this running until it says that it is restored. The key that shares are sealed to is in its memory alone: if it",
    "ends, start it again, and everybody approves and gives anew. The backup loses nothing by that.",
  ].join("\n");
}
