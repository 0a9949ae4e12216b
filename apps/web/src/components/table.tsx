import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names.ts";

const STACKED = [
  "max-sm:block max-sm:[&_thead]:sr-only max-sm:[&_tbody]:block",
  "max-sm:[&_tr]:block max-sm:[&_tr]:px-4 max-sm:[&_tr]:py-2.5",
  "max-sm:[&_td]:block max-sm:[&_td]:whitespace-normal max-sm:[&_td]:px-0 max-sm:[&_td]:py-0.5",
  "max-sm:[&_td]:text-left max-sm:[&_td]:[overflow-wrap:anywhere] max-sm:[&_td:empty]:hidden",
  "max-sm:[&_td[data-label]]:before:mr-2 max-sm:[&_td[data-label]]:before:text-sm",
  "max-sm:[&_td[data-label]]:before:text-muted max-sm:[&_td[data-label]]:before:content-[attr(data-label)]",
].join(" ");

/** A real table that scrolls sideways inside its panel when it must; on a phone its cells stand below each other. */
export function Table({ label, head, children }: TableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section tabIndex={0} aria-label={`Table: ${label}`} className="scroll-thin relative overflow-x-auto">
      <table className={classNames("w-full border-collapse text-left", STACKED)}>
        <thead className="text-sm text-muted">
          <tr className="border-b">{head}</tr>
        </thead>
        <tbody className="divide-y">{children}</tbody>
      </table>
    </section>
  );
}

interface TableProps {
  label: string;
  head: ReactNode;
  children: ReactNode;
}

export function HeadCell({ className, ...rest }: ComponentProps<"th">) {
  return <th scope="col" {...rest} className={classNames("whitespace-nowrap px-4 py-2 font-normal", className)} />;
}

/** A cell; what it is called on a phone, where a table shows no heads. */
export function Cell({ className, label, ...rest }: ComponentProps<"td"> & { label?: string }) {
  return <td data-label={label} {...rest} className={classNames("px-4 py-2.5 align-middle", className)} />;
}
