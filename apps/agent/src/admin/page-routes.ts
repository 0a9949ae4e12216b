import { textField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { AgentPages, PageState } from "../local-page/agent-pages.ts";
import type { PageCheckAnswer, PageChecked } from "../local-page/page-checks.ts";
import { dropPageSetup } from "../local-page/page-setup.ts";
import { addressesIn } from "../roster/passkeys-at.ts";
import { type AdminRoute, type AdminSurroundings, get, post } from "./admin-route.ts";

/** Every address of the page, the newest first. */
export interface PagesAnswer {
  readonly pages: readonly (PageState & { readonly checked: PageChecked | null })[];
}

/** What came of the newest check; null while no browser has opened it. */
export interface PageCheckState {
  readonly answer: PageCheckAnswer | null;
}

const LONGEST_ORIGIN = 300;

/** Calls about the page's own addresses. The host decides where its page is; who may approve there stands in the roster. */
export function pageRoutes({ pages, agent }: Pick<AdminSurroundings, "pages" | "agent">): AdminRoute[] {
  const view = (): PagesAnswer => pagesView(pages);
  return [
    get("/v1/pages", view),
    post("/v1/pages/look", [], async () => {
      await pages.look();
      return view();
    }),
    post("/v1/pages/name", ["origin"], ({ body }) => {
      pages.checkName(originOf(textField(body, "origin", LONGEST_ORIGIN)));
      return {};
    }),
    post("/v1/pages/remove", ["origin"], async ({ body }) => {
      const { origin } = served(pages, textField(body, "origin", LONGEST_ORIGIN));
      const { passkeys } = pages.states().find((each) => each.origin === origin) ?? {};
      if (passkeys === null && agent.tid !== null)
        throw new HttpRefusal(409, "E_SEALED", "Whose passkeys are of this address is known when it is unsealed.");
      if (passkeys)
        throw new HttpRefusal(
          409,
          "E_PAGE_SETUP",
          `${passkeys} of your administrators' passkeys belong to this address: nobody could use them.`,
        );
      const moving = agent.domain?.links.pending().some(({ roster }) => addressesIn(roster).includes(origin));
      if (moving)
        throw new HttpRefusal(
          409,
          "E_PAGE_SETUP",
          "A change of administrators that waits has passkeys of this address: stop it first, or let it come into force.",
        );
      dropPageSetup(agent.dataDirectory, origin);
      await pages.look();
      return view();
    }),
    post("/v1/pages/check", ["origin"], ({ body }) => {
      const { origin, state } = served(pages, textField(body, "origin", LONGEST_ORIGIN));
      if (state !== "serving") throw new HttpRefusal(409, "E_PAGE_SETUP", `${origin} is not served.`);
      return pages.checks.begin(origin);
    }),
    get("/v1/pages/check", (): PageCheckState => ({ answer: pages.checks.answer() })),
  ];
}

/** @throws {@link HttpRefusal} `E_SCHEMA` */
function originOf(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === "https:") return url.origin;
  throw new HttpRefusal(400, "E_SCHEMA", "origin is https and a name.");
}

export function pagesView(pages: AgentPages): PagesAnswer {
  return { pages: pages.states().map((each) => ({ ...each, checked: pages.checks.last(each.origin) })) };
}

/** One of the page's addresses, by its name or its whole origin. */
function served(pages: AgentPages, word: string): PageState {
  const found = pages.states().filter(({ origin }) => origin === word || new URL(origin).hostname === word);
  const [one] = found;
  if (one === undefined || found.length > 1)
    throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such address of the page: see `holdfast-agent page show`.");
  return one;
}
