import { dirname } from "node:path";
import type { KekFileFault } from "../custody/kek-file.ts";
import type { DoctorCheck } from "./answers.ts";
import { bad, warning } from "./check-words.ts";

const NAME = "key-encryption key";

/** The file that opens the agent, as it is now: without it the agent goes on until it stops, and never opens again. */
export function kekFileCheck(path: string, fault: KekFileFault | null, sealed: boolean): DoctorCheck {
  if (fault === null)
    return warning(
      NAME,
      `The key-encryption key is a file on this host (${path}): a stolen data folder is worthless, this host's root is not.`,
      "Keep a copy apart from the data folder and its backups.",
    );
  const then = sealed ? " Then run `holdfast-agent unseal`." : "";
  const way = WAYS[fault];
  if (way === undefined) return bad(NAME, `${WHAT[fault](path)} ${sealed ? LOST_SEALED : LOST_OPEN}`, putBack(sealed));
  return bad(NAME, `${WHAT[fault](path)} ${REFUSED[fault] ?? LEFT_SHUT}`, `${way(path)}${then}${AFTER[fault] ?? ""}`);
}

const WHAT: Readonly<Record<KekFileFault, (path: string) => string>> = {
  missing: (path) => `The key-encryption key's file is not there, or cannot be read (${path}).`,
  size: (path) => `The key-encryption key's file does not hold such a key (${path}).`,
  content: (path) => `The key-encryption key's file does not hold such a key (${path}).`,
  other: (path) => `The key-encryption key's file holds another key, which does not open this agent (${path}).`,
  kind: (path) => `The key-encryption key's file has a second name, or is no plain file (${path}).`,
  link: (path) => `In place of the key-encryption key's file there is a symbolic link (${path}).`,
  mode: (path) => `Others may read the key-encryption key's file (${path}).`,
  owner: (path) => `The key-encryption key's file belongs to another user (${path}).`,
  inside: (path) => `The key-encryption key's file lies inside the data folder (${path}): who copies one has both.`,
  folder: (path) => `Others may write the folder of the key-encryption key's file (${dirname(path)}).`,
};

const LOST_OPEN = "This agent goes on until it stops, and then does not open again.";
const LOST_SEALED = "This agent does not open without it.";
const LEFT_SHUT = "A start refuses it: the agent would stay sealed.";

/** Where no start refuses the file, what is wrong with it all the same. */
const REFUSED: Partial<Record<KekFileFault, string>> = {
  folder: "They can take it away or put another in its place.",
};

/** What mends a file that is there; the others have to come back from a copy. */
const WAYS: Partial<Record<KekFileFault, (path: string) => string>> = {
  kind: () => "Find its other name, and leave it one name only.",
  link: () => "Put the file itself there, mode 0600.",
  mode: (path) => `\`chmod 600 ${path}\`.`,
  owner: (path) => `Give it to the agent's user: \`chown\` ${path}, mode 0600.`,
  inside: (path) => `Put the file outside the data folder again, and no link at ${dirname(path)}.`,
  folder: (path) => `\`chmod go-w ${dirname(path)}\`, and see that nothing there was changed.`,
};

const ANEW =
  " Who read it opens every copy of the data folder: change what opens it (`holdfast-agent rekey --unseal file:PATH`), then `holdfast-agent kek rotate`.";

/** What others may have had. */
const AFTER: Partial<Record<KekFileFault, string>> = { mode: ANEW, inside: ANEW };

function putBack(sealed: boolean): string {
  const copy = "Put it back from its copy, owned by the agent's user, mode 0600";
  return sealed
    ? `${copy}, and run \`holdfast-agent unseal\`. Without a copy restore a backup: docs/operate/backup.md.`
    : `${copy}. Without a copy keep this agent running and make a backup now (\`holdfast-agent backup create --out FILE\`): what opens the backup brings everything back.`;
}
