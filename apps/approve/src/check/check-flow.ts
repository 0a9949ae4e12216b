import type { AgentPage, PageChecked } from "../agent-page.ts";
import { badge, element, factRow, notice, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { showDay } from "../show/time.ts";

const TLS = {
  own: "The key server speaks TLS itself, with the certificate above.",
  front:
    "Something before the key server speaks TLS for it. It could change what people see: trust it as you trust the key server.",
  none: "There is no TLS: this page is for one person on this machine.",
} as const;

/** Proves to the console that this browser, by this name, has found the key server that printed the address. */
export async function runCheck(page: AgentPage, word: string): Promise<void> {
  history.replaceState(null, "", "/check"); // the word opens once
  try {
    const checked = await page.post<PageChecked>("/page/check", { word, origin: location.origin });
    show(checked);
  } catch (error) {
    showPage(element("h1", {}, "This address was not proved"), failure(error));
  }
}

function show({ origin, rpId, tls, fingerprint, notAfter, passkeys, elsewhere }: PageChecked): void {
  const rows: [string, Node | string][] = [
    ["Address", element("code", {}, origin)],
    ["Passkeys belong to", element("code", {}, rpId)],
    ["Passkeys of it in force", String(passkeys)],
    ...(elsewhere.length === 0 ? [] : ([["Others are of", elsewhere.join(", ")]] as [string, string][])),
    ...(notAfter === null ? [] : ([["Certificate until", showDay(notAfter)]] as [string, string][])),
    ...(fingerprint === null ? [] : ([["Certificate, SHA-256", element("code", {}, fingerprint)]] as [string, Node][])),
  ];
  showPage(
    element("h1", {}, "This browser has found your key server"),
    element(
      "p",
      {},
      badge("good", tls === "none" ? "the address is right" : "name, certificate and address are right"),
    ),
    element(
      "p",
      { class: "lead" },
      "Its console shows the same. Close this page; the address it printed opens nothing any more.",
    ),
    element("dl", { class: "panel facts" }, ...rows.map(([name, value]) => factRow(name, value))),
    notice(tls === "front" ? "warning" : "quiet", tls === "own" ? "TLS" : "No TLS of its own", TLS[tls]),
    fingerprint === null
      ? null
      : element(
          "p",
          { class: "quiet foot" },
          "Compare it with what your browser says of this page's certificate (the sign before the address): another one there means that something between reads along.",
        ),
  );
}
