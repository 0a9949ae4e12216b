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
export function badge(kind: "good" | "warning" | "danger" | "quiet", text: string): HTMLElement {
  return element("span", { class: `badge ${kind}` }, text);
}

const SVG = "http://www.w3.org/2000/svg";

/** The mark: a stem that branches into roots. */
export function mark(): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  for (const line of [
    "M12 2v20",
    "M12 9C12 6 9 6 7 3",
    "M12 9c0-3 3-3 5-6",
    "M12 14c0 4-3 4-6 8",
    "M12 14c0 4 3 4 6 8",
  ]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}
