import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

export type ButtonTone = "primary" | "plain" | "quiet" | "danger";

const TONES: Record<ButtonTone, string> = {
  primary: "bg-accent text-on-accent border-transparent hover:brightness-110",
  plain: "bg-panel text-ink border-line hover:bg-hover",
  quiet: "bg-transparent text-muted border-transparent hover:bg-hover hover:text-ink",
  danger: "bg-danger text-on-danger border-transparent hover:brightness-110",
};

const SIZES = {
  small: "h-7 px-2.5 text-sm gap-1.5",
  normal: "h-[34px] px-3.5 gap-2",
  large: "h-11 px-5 text-lg gap-2.5",
  icon: "size-[34px] justify-center",
};

/** A button, or with `asChild` a link that looks like one. */
export function Button({
  tone = "plain",
  size = "normal",
  asChild = false,
  busy = false,
  className,
  disabled,
  type,
  ...rest
}: ComponentProps<"button"> & { tone?: ButtonTone; size?: keyof typeof SIZES; asChild?: boolean; busy?: boolean }) {
  const Element = asChild ? Slot.Root : "button";
  return (
    <Element
      {...rest}
      type={asChild ? undefined : (type ?? "button")}
      disabled={asChild ? undefined : disabled || busy}
      aria-busy={busy || undefined}
      className={classNames(
        "inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-lg border font-medium",
        "transition-[filter,background-color] duration-100 disabled:opacity-50",
        TONES[tone],
        SIZES[size],
        busy && "breathe",
        className,
      )}
    />
  );
}
