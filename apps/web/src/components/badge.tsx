import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

export type Tone = "good" | "warning" | "danger" | "quiet";

const TONES: Record<Tone, string> = {
  good: "bg-good-ground text-good-ink",
  warning: "bg-warning-ground text-warning",
  danger: "bg-danger-ground text-danger",
  quiet: "bg-quiet text-muted",
};

/** A short status word. The word carries the meaning; the colour only helps. */
export function Badge({ tone = "quiet", icon, children, title, className }: BadgeProps) {
  return (
    <span
      title={title}
      className={classNames(
        "inline-flex h-[22px] shrink-0 items-center gap-1.5 whitespace-nowrap rounded-md px-2 text-sm font-medium",
        TONES[tone],
        className,
      )}
    >
      {icon}
      {children}
    </span>
  );
}

interface BadgeProps {
  tone?: Tone;
  icon?: ReactNode;
  children: ReactNode;
  title?: string;
  className?: string;
}
