import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Tone } from "./badge.tsx";
import { classNames } from "./class-names.ts";

const TONES: Record<Tone, string> = {
  good: "bg-good-ground text-good-ink",
  warning: "bg-warning-ground text-warning",
  danger: "bg-danger-ground text-danger",
  quiet: "bg-quiet text-ink",
};

/** Something to know before going on. */
export function Notice({ tone = "quiet", title, children, live }: NoticeProps) {
  const Icon = tone === "danger" ? CircleAlert : tone === "warning" ? TriangleAlert : Info;
  return (
    <div role={live ? "alert" : undefined} className={classNames("flex gap-3 rounded-lg px-4 py-3", TONES[tone])}>
      <Icon size={16} className="mt-0.5 shrink-0" aria-hidden="true" />
      <div className="min-w-0 flex-1 space-y-1">
        {title ? <p className="font-semibold">{title}</p> : null}
        {children ? <div className="space-y-1">{children}</div> : null}
      </div>
    </div>
  );
}

interface NoticeProps {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  live?: boolean;
}
