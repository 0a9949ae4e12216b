/** The eight matching words, grouped so that they can be read aloud. */
export function Words({ words, size = "normal" }: { words: readonly string[]; size?: "small" | "normal" }) {
  return (
    <ol
      aria-label="Matching words"
      className={`flex flex-wrap gap-x-2.5 gap-y-0.5 font-mono ${size === "small" ? "text-sm" : "text-[15px]/7"}`}
    >
      {words.map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a word's place is its identity, and words may repeat
        <li key={index}>
          {word}
          {index < words.length - 1 && index % 2 === 1 ? (
            <span className="pl-2.5 text-muted" aria-hidden="true">
              ·
            </span>
          ) : null}
        </li>
      ))}
    </ol>
  );
}
