import { spelledOut } from "./console-commands.ts";

/** What may stand inside an element: text (never markup) or other elements. */
export type Child = Node | string | null | false;

type Attributes = Readonly<Record<string, string | boolean | ((event: Event) => void)>>;

/**
 * Makes an element. Everything that is not an element becomes text, so nothing an agent, a client or a dashboard
 * named can turn into markup.
 */
export function element(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (typeof value === "boolean") made.toggleAttribute(name, value);
    else made.setAttribute(name, value);
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

/** Replaces what the page shows and moves the reader to its heading. */
export function showPage(...children: readonly Child[]): void {
  const main = document.querySelector("main");
  if (!main) return;
  main.replaceChildren(...children.filter((child): child is Node | string => Boolean(child)));
  const heading = main.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

/** A row of the facts table: what, and its value. */
export function factRow(name: string, ...value: readonly Child[]): HTMLElement {
  return element("div", { class: "fact" }, element("dt", {}, name), element("dd", {}, ...value));
}

/** A short coloured label; its words carry the meaning, the colour repeats it. */
export function badge(kind: "good" | "warning" | "danger" | "quiet", ...text: readonly Child[]): HTMLElement {
  return element("span", { class: `badge ${kind}` }, ...text);
}

/** A text in which what stands between backquotes is something to type. */
export function prose(text: string): Child[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? element("code", {}, spelledOut(part)) : part));
}

/** A sentence or two about what is shown, in a tone. */
export function notice(kind: "good" | "warning" | "danger" | "quiet", what: string, next = "", code = ""): HTMLElement {
  return element(
    "div",
    { class: `notice ${kind}`, role: kind === "danger" ? "alert" : "note" },
    element("p", { class: "strong" }, ...prose(what)),
    next ? element("p", {}, ...prose(next)) : null,
    code ? element("p", { class: "code" }, code) : null,
  );
}
