import { modelText } from "@holdfast/protocol";
import type { RegistrationAnswer } from "../admin/answers.ts";
import { facts } from "./output.ts";

/** What the console shows before a domain is founded: the passkey, the page it was made on, the eight words. */
export function registrationText(registration: RegistrationAnswer): string {
  const rows: [string, string][] = [
    ["passkey", `${registration.credential?.label ?? "-"} (${registration.credential?.credId.slice(0, 16) ?? "-"}…)`],
    ["made on", registration.origin ?? "-"],
    ...(registration.credential?.proved === true
      ? [["model", `${modelText(registration.credential.aaguid)}, proved by its maker`] as [string, string]]
      : []),
  ];
  if (registration.gateway) rows.push(["dashboard", registration.gateway]);
  if (registration.witness) rows.push(["witness", registration.witness]);
  return [
    "A passkey asks to be this key server's administrator.",
    "",
    facts(rows),
    "",
    "Matching words",
    `  ${numbered(registration.words ?? [])}`,
    "",
    "Answer yes only if you have just made this passkey yourself. The dashboard will ask you for three of these words.",
  ].join("\n");
}

function numbered(words: readonly string[]): string {
  return words.map((word, index) => `${index + 1} ${word}`).join("   ");
}
