import type { AgentPage, HandedFile } from "../agent-page.ts";
import { element } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { icon } from "../show/icon.ts";
import { showTime } from "../show/time.ts";
import type { HandOver } from "./hand-over.ts";

/** What handing out files needs. */
export interface FilesShown {
  readonly page: AgentPage;
  readonly handOver: HandOver;
  /** Each new client's files by the hash of the command that enrolled it. */
  readonly files: ReadonlyMap<string, readonly HandedFile[]>;
  /** What a command does, in words. */
  readonly titleOf: (hash: string) => string;
}

/** A new client's files to save, and to get once more while the key server has them. Null where there are none. */
export function showFiles({ page, handOver, files, titleOf }: FilesShown): HTMLElement | null {
  const enrolled = [...files].filter(([, each]) => each.length > 0);
  if (enrolled.length === 0) return null;
  const unsaved = new Set<string>();
  const lists = element("div", {});
  const kept = element("span", {});
  const tellKept = () => kept.replaceChildren(keptText(unsaved.size, handOver.until));
  const fill = (from: ReadonlyMap<string, readonly HandedFile[]>) => {
    lists.replaceChildren(...[...from].map(([hash, each]) => listOf(hash, each)));
    tellKept();
  };
  const listOf = (hash: string, each: readonly HandedFile[]) => {
    const links = each.map((file) => {
      const name = `${hash} ${file.name}`;
      if (!handOver.isSaved(name)) unsaved.add(name);
      return link(file, handOver.isSaved(name), () => {
        handOver.save(name);
        unsaved.delete(name);
        if (unsaved.size === 0) handOver.wipe();
        tellKept();
      });
    });
    return element(
      "div",
      {},
      enrolled.length > 1 ? element("p", { class: "strong" }, titleOf(hash)) : null,
      element("div", { class: "actions" }, ...links),
    );
  };
  fill(new Map(enrolled));
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size > 0) event.preventDefault();
  });
  const problem = element("div", { "aria-live": "polite" });
  const again = async () => {
    problem.replaceChildren();
    try {
      fill(await handOver.again(page));
    } catch (error) {
      problem.replaceChildren(failure(error));
    }
  };
  return element(
    "section",
    { class: "panel files" },
    element("h2", {}, headingOf(enrolled)),
    element("p", {}, adviceOf(enrolled)),
    lists,
    problem,
    element(
      "p",
      { class: "quiet again" },
      kept,
      " ",
      element("button", { class: "plain", type: "button", click: again }, "Get the files again"),
    ),
  );
}

type Handed = readonly (readonly [hash: string, files: readonly HandedFile[]])[];

/** Keys that were let out come as one file of that name; everything else is a new client's. */
function areExports(handed: Handed): boolean {
  return handed.every(([, files]) => files.every(({ name }) => /^export-.+[.]json$/.test(name)));
}

/** An enrolment secret comes as one file of that name, beside what the key server is trusted by. */
function areSecrets(handed: Handed): boolean {
  return handed.every(([, files]) => files.some(({ name }) => name === "enrolment.secret"));
}

function headingOf(handed: Handed): string {
  if (areSecrets(handed)) return "The enrolment secret, once";
  if (areExports(handed)) return "The keys that you let out, once";
  return handed.length > 1 ? "The new clients' files, once" : "The new client's files, once";
}

function adviceOf(handed: Handed): string {
  if (areSecrets(handed))
    return "Save both files where the machines get their other secrets from. Whoever has the secret can enrol; a lost one is withdrawn and made anew.";
  return areExports(handed)
    ? "They are wrapped: only who has the recipient's private key opens them. Save the file and hand it to that person; a lost one is let out anew."
    : "Save them where the application runs. Nobody else is handed them; a client whose key is lost is enrolled anew.";
}

/** What this tab can still rely on; after the last file was saved, nothing of it is left in the browser. */
function keptText(unsaved: number, until: number): string {
  return unsaved > 0
    ? `Your key server keeps them for this tab until ${showTime(until)}, also when it loads this page anew.`
    : `All are saved. Until you leave this page, and until ${showTime(until)} at the latest, it can get them again.`;
}

function link(file: HandedFile, isSaved: boolean, saved: () => void): HTMLElement {
  const bytes = Uint8Array.from(atob(file.base64), (character) => character.charCodeAt(0));
  const href = URL.createObjectURL(new Blob([bytes], { type: file.mediaType }));
  const click = () => {
    saved();
    made.classList.add("saved");
    made.querySelector("svg")?.replaceWith(icon("check"));
  };
  const made = element(
    "a",
    { class: isSaved ? "secondary saved" : "secondary", download: file.name, href, click },
    icon(isSaved ? "check" : "download"),
    `Save ${file.name}`,
  );
  return made;
}
