import { CopyButton } from "./copy-button.tsx";

/** An id or digest in mono, shortened in the middle, copied in full. */
export function Digest({ value, full = false }: { value: string; full?: boolean }) {
  const shown = full || value.length <= 16 ? value : `${value.slice(0, 7)}…${value.slice(-4)}`;
  return (
    <span className="inline-flex max-w-full items-baseline gap-0.5">
      <code title={value} className={full ? "font-mono text-sm [overflow-wrap:anywhere]" : "font-mono text-sm"}>
        {shown}
      </code>
      <span className="-my-1 self-center">
        <CopyButton text={value} label={`Copy ${value.slice(0, 12)}`} />
      </span>
    </span>
  );
}
