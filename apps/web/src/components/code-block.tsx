import { CopyButton } from "./copy-button.tsx";

/** Text to paste as it stands. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className="relative min-w-0 rounded-lg border bg-ground">
      <div className="absolute right-1.5 top-1.5 rounded-md bg-ground">
        <CopyButton text={text} label={`Copy ${label}`} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section tabIndex={0} aria-label={label} className="scroll-thin overflow-x-auto rounded-lg">
        <pre className="w-max py-3 pl-3.5 pr-10 font-mono text-sm/5">{text}</pre>
      </section>
    </div>
  );
}
