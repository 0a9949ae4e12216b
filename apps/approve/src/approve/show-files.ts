import type { AgentPage, HandedFile, PageResult } from "../agent-page.ts";
import type { ShownCommand } from "../show/command.ts";
import { element } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { icon } from "../show/icon.ts";
import { showTime } from "../show/time.ts";
import type { HandOver } from "./hand-over.ts";

/** What handing out files needs. */
export interface FilesShown {
  readonly page: AgentPage;
  readonly handOver: HandOver;
  readonly results: readonly PageResult[];
  readonly shown: readonly ShownCommand[];
}

/** A new client's files to save, and to get once more while the key server has them. Null where there are none. */
export function showFiles({ page, handOver, results, shown }: FilesShown): HTMLElement | null {
  const enrolled = results.filter(({ files }) => (files?.length ?? 0) > 0);
  if (enrolled.length === 0) return null;
  const unsaved = new Set<string>();
  const lists = element("div", {});
  const fill = (filesOf: (hash: string) => readonly HandedFile[]) =>
    lists.replaceChildren(
      ...enrolled.map(({ hash }) => {
        const files = filesOf(hash);
        for (const { name } of files) unsaved.add(`${hash} ${name}`);
        const title = shown.find(({ command }) => command.hash === hash)?.plain.title ?? hash;
        return element(
          "div",
          {},
          enrolled.length > 1 ? element("p", { class: "strong" }, title) : null,
          element(
            "div",
            { class: "actions" },
            ...files.map((file) => link(file, () => unsaved.delete(`${hash} ${file.name}`))),
          ),
        );
      }),
    );
  fill((hash) => enrolled.find((each) => each.hash === hash)?.files ?? []);
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size > 0) event.preventDefault();
  });
  const problem = element("div", { "aria-live": "polite" });
  const again = async () => {
    problem.replaceChildren();
    try {
      const files = await handOver.again(page);
      fill((hash) => files.get(hash) ?? []);
    } catch (error) {
      problem.replaceChildren(failure(error));
    }
  };
  return element(
    "section",
    { class: "panel files" },
    element("h2", {}, enrolled.length > 1 ? "The new clients' files, once" : "The new client's files, once"),
    element(
      "p",
      {},
      "Save them where the application runs. Nobody else is handed them; a client whose key is lost is enrolled anew.",
    ),
    lists,
    problem,
    element(
      "p",
      { class: "quiet again" },
      `Your key server keeps them for this page until ${showTime(handOver.until)}. `,
      element("button", { class: "plain", type: "button", click: again }, "Get the files again"),
    ),
  );
}

function link(file: HandedFile, saved: () => void): HTMLElement {
  const bytes = Uint8Array.from(atob(file.base64), (character) => character.charCodeAt(0));
  const href = URL.createObjectURL(new Blob([bytes], { type: file.mediaType }));
  const click = () => {
    saved();
    made.classList.add("saved");
    made.querySelector("svg")?.replaceWith(icon("check"));
  };
  const made = element(
    "a",
    { class: "secondary", download: file.name, href, click },
    icon("download"),
    `Save ${file.name}`,
  );
  return made;
}
