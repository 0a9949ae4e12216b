import { type CommandDescription, descriptionParts } from "@holdfast/protocol";

/** What a command does: sentences, and the things that it is about as a list that can be scanned. */
export function PlainLines({ plain }: { plain: CommandDescription }) {
  return descriptionParts(plain).map((part) =>
    typeof part === "string" ? (
      <p key={part} className="text-muted [overflow-wrap:anywhere]">
        {part}
      </p>
    ) : (
      <ol
        key="listed"
        className="scroll-thin my-2 max-h-96 divide-y overflow-y-auto rounded-lg border bg-panel"
        tabIndex={part.length > MOST_AT_A_GLANCE ? 0 : undefined}
        aria-label={`${part.length} things that it is about`}
      >
        {part.map(({ place, name, rest }) => (
          <li key={place} className="px-3.5 py-2 text-muted [overflow-wrap:anywhere]">
            <span className="font-medium text-ink">{name}</span>
            {rest}
          </li>
        ))}
      </ol>
    ),
  );
}

/** So many rows are shown without scrolling. */
const MOST_AT_A_GLANCE = 6;
