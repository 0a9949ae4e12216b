import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names.ts";

/** A real table that scrolls sideways inside its panel when it must. */
export function Table({ label, head, children }: { label: string; head: ReactNode; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section tabIndex={0} aria-label={`Table: ${label}`} className="scroll-thin relative overflow-x-auto">
      <table className="w-full border-collapse text-left">
        <thead className="text-sm text-muted">
          <tr className="border-b">{head}</tr>
        </thead>
        <tbody className="divide-y">{children}</tbody>
      </table>
    </section>
  );
}

export function HeadCell({ className, ...rest }: ComponentProps<"th">) {
  return <th scope="col" {...rest} className={classNames("whitespace-nowrap px-4 py-2 font-normal", className)} />;
}

export function Cell({ className, ...rest }: ComponentProps<"td">) {
  return <td {...rest} className={classNames("px-4 py-2.5 align-middle", className)} />;
}
