import type { TokenKek } from "@holdfast/crypto";
import type { StatusAnswer } from "../admin/answers.ts";
import type { Restored } from "../custody/backup/restore-backup.ts";
import { facts, type Output, showTime } from "./output.ts";

/** Says what a restore brought back, and what opens it from now on. */
export function tellRestored(
  out: Output,
  directory: string,
  { manifest, kek }: Pick<Restored, "manifest" | "kek">,
  more: object = {},
): void {
  const { tid, aid, made, keys } = manifest;
  const opener = kek.kind === "file" ? kek.path : kek.kind;
  const inWords = kek.kind === "pkcs11" ? tokenWords(kek.kek) : opener;
  out.result({ ...more, data: directory, tid, aid, made, keys, kek: opener }, () =>
    [
      facts([
        ["restored", `${keys} keys, as they were ${showTime(made)}`],
        ["data", directory],
        ["key-encryption key", inWords],
      ]),
      "",
      "Serve it: everything opens as before, and nothing changes until you accept the loss with `holdfast-agent restore accept`.",
      "Where its witnesses are is not in a backup. Add each before you accept, so that it can say how much is missing: `holdfast-agent witness add`.",
    ].join("\n"),
  );
}

/** A key-encryption key in a token, as `init` and a restore tell of it. */
export function tokenWords({ serial, label, check, mode }: TokenKek): string {
  return `${label} in the token ${serial} (${mode}, check value ${check ?? "none"}); it never leaves it`;
}

/** Which administrators a restored key server goes by, and what whoever accepts it has to ask. */
export function rosterKnown({ knew, now }: NonNullable<StatusAnswer["restored"]>): string[] {
  const since = showTime(now.issued);
  const learnt = now.seq - knew.seq;
  const known =
    learnt === 0
      ? `Administrators and rules are those that the backup knew: version ${now.seq} of ${since}.`
      : `Administrators and rules are version ${now.seq} of ${since}: the backup knew version ${knew.seq}, and ${learnt === 1 ? "1 change" : `${learnt} changes`} after it came since.`;
  return [
    known,
    "If an administrator left or a passkey was lost after that, this key server does not know: bring a newer custody report, `holdfast-agent restore links REPORT`, before you accept.",
  ];
}
