import type { AgentPage, Hello, SharesGiven } from "../agent-page.ts";
import { element, notice, prose, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";

/** What the key server says once it has taken a share. */
interface Taken {
  sealed: boolean;
  shares?: SharesGiven;
}

/**
 * Takes one custodian's share of what opens this key server. Only one: whoever comes next uses a screen of their own, so
 * that no screen, and nobody behind it, has seen two.
 */
export function runUnseal(page: AgentPage, hello: Hello, shares: SharesGiven): void {
  const problem = element("div", { "aria-live": "polite" });
  const share = element("input", {
    id: "share",
    type: "password",
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "none",
    "aria-describedby": "share-form",
  }) as HTMLInputElement;
  const submit = async (event: Event) => {
    event.preventDefault();
    problem.replaceChildren();
    const words = share.value.trim().replace(/\s+/g, " ");
    try {
      const taken = await page.post<Taken>("/page/unseal", { share: words });
      share.value = "";
      showTaken(hello, taken);
    } catch (error) {
      problem.replaceChildren(failure(error));
      share.focus();
    }
  };
  showPage(
    element("h1", {}, `${hello.name} is sealed`),
    element("p", { class: "lead" }, `No key can be used until custodians open it. ${progressText(shares)}`),
    element(
      "form",
      { class: "panel form", novalidate: "", submit },
      element(
        "div",
        { class: "field" },
        element("label", { for: "share" }, "Your share"),
        share,
        element(
          "p",
          { class: "quiet", id: "share-form" },
          "Its number, then its 24 words, with a space between each. What you type is not shown.",
        ),
      ),
      problem,
      element("div", { class: "actions" }, element("button", { class: "primary", type: "submit" }, "Give my share")),
    ),
    element(
      "p",
      { class: "quiet" },
      ...prose(
        "It goes to this key server's memory only, and is forgotten when the agent opens or after a quarter of an hour. At its console: `holdfast-agent unseal`",
      ),
    ),
  );
  share.focus();
}

/** How many are still needed, in words. */
export function progressText({ given, needed, of }: SharesGiven): string {
  const left = needed - given;
  const have =
    given === 0 ? "None has been given yet" : given === 1 ? "One has been given" : `${given} have been given`;
  return `It takes ${needed} of ${of} shares. ${have}; ${left} ${left === 1 ? "is" : "are"} still needed.`;
}

function showTaken(hello: Hello, { sealed, shares }: Taken): void {
  if (!sealed) {
    showPage(
      element("h1", {}, `${hello.name} is open`),
      notice(
        "good",
        "Your share was the last that was needed.",
        "Keys can be used again. The shares are forgotten here.",
      ),
    );
    return;
  }
  showPage(
    element("h1", {}, "Your share was taken"),
    notice(
      "good",
      shares === undefined ? "" : progressText(shares),
      "Close this page now. The next custodian gives theirs on a screen of their own, within a quarter of an hour.",
    ),
  );
}
