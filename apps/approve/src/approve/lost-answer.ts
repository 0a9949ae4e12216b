import { type AgentPage, type HandedFile, type PageCommands, PageRefusal, type PageResult } from "../agent-page.ts";
import { element, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { enrols, type Touch } from "./touch.ts";

/** What goes on once it is known what became of a touch. */
export interface Recovery {
  /** It arrived: its results. */
  readonly arrived: (results: readonly PageResult[]) => void;
  /** It did not: the person decides again. */
  readonly notArrived: () => void;
}

/** The decision was sent and nothing came back: finds out whether it arrived, and gets the files it made. */
export function showLostAnswer(page: AgentPage, touch: Touch, { arrived, notArrived }: Recovery): void {
  const problem = element("div", { "aria-live": "polite" });
  const mayEnrol = enrols(touch);
  const look = async () => {
    problem.replaceChildren();
    button.toggleAttribute("disabled", true);
    try {
      const results = await resultsOf(page, touch, mayEnrol);
      if (results.length > 0) arrived(results);
      else notArrived();
    } catch (error) {
      problem.replaceChildren(failure(error));
      button.toggleAttribute("disabled", false);
    }
  };
  const button = element(
    "button",
    { class: "primary", type: "button", click: look },
    mayEnrol ? "Get the files again" : "See what became of it",
  );
  showPage(
    element("h1", {}, "Your key server's answer was lost"),
    element(
      "p",
      { class: "lead" },
      "Your decision was sent, and may have arrived. This asks what became of it; nothing is done twice.",
    ),
    mayEnrol
      ? element(
          "p",
          { class: "lead" },
          "Keep this tab open: for ten minutes your key server hands the new client's files to it and to nobody else.",
        )
      : null,
    problem,
    element("div", { class: "actions" }, button),
  );
}

/** Results as far as the key server still tells them; empty when the touch never arrived. */
async function resultsOf(page: AgentPage, touch: Touch, mayEnrol: boolean): Promise<PageResult[]> {
  const hashes = touch.on.map(({ command }) => command.hash);
  const { commands } = await page.get<PageCommands>(`/page/commands?hashes=${hashes.join(".")}`);
  const files = mayEnrol ? await filesOf(page, touch) : new Map<string, readonly HandedFile[]>();
  const changed = commands.some(({ hash, status, policy }) => {
    const before = touch.on.find(({ command }) => command.hash === hash)?.command;
    return status !== before?.status || policy.have !== before.policy.have;
  });
  if (!changed && files.size === 0) return [];
  return commands.map(({ hash, status, policy, due }) => {
    const known = { hash, outcome: status, have: policy.have, need: policy.m, files: files.get(hash) ?? [] };
    return due === null ? known : { ...known, due };
  });
}

async function filesOf(page: AgentPage, { handOver }: Touch): Promise<ReadonlyMap<string, readonly HandedFile[]>> {
  try {
    return await handOver.again(page);
  } catch (error) {
    if (error instanceof PageRefusal && error.code === "E_HANDOVER") return new Map();
    throw error;
  }
}
