import { CopyButton } from "./copy-button.tsx";

/** Text to paste as it stands. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className="flex min-w-0 rounded-lg border bg-ground">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section tabIndex={0} aria-label={label} className="scroll-thin min-w-0 flex-1 overflow-x-auto rounded-lg">
        <pre className="w-max px-3.5 py-3 font-mono text-sm/5">{text}</pre>
      </section>
      <div className="shrink-0 border-l p-1.5">
        <CopyButton text={text} label={`Copy ${label}`} />
      </div>
    </div>
  );
}
