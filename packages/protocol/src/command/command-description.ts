/** A command in plain words: what a person reads before deciding. Text only. */
export interface CommandDescription {
  /** What it does, in a few words. */
  readonly title: string;
  /** Its kind, for a badge: "destroys a key". */
  readonly tag: string;
  /** Whether it takes something away that people may miss. */
  readonly danger: boolean;
  /** What follows from it, one sentence or two each. */
  readonly lines: readonly string[];
  /** Which of the lines are one thing each, to be shown as a list: from there, as many as names, each beginning with its own. */
  readonly listed?: { readonly from: number; readonly names: readonly string[] };
}

/** One of several things that a command is about: its name, and what is said of it after the name. */
export interface NamedLine {
  /** Which it is of them, from 0. */
  readonly place: number;
  readonly name: string;
  readonly rest: string;
}

/** A sentence, or a list of things. */
export type DescriptionPart = string | readonly NamedLine[];

/** The lines in their order, each once: sentences, and those that name things as one list. */
export function descriptionParts({ lines, listed }: Pick<CommandDescription, "lines" | "listed">): DescriptionPart[] {
  if (listed === undefined) return [...lines];
  const { from, names } = listed;
  const items = lines.slice(from, from + names.length).map((line, index) => {
    const name = names[index] ?? "";
    return line.startsWith(name)
      ? { place: index, name, rest: line.slice(name.length) }
      : { place: index, name: "", rest: line };
  });
  return [...lines.slice(0, from), items, ...lines.slice(from + names.length)];
}
