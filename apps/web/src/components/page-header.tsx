import type { ReactNode } from "react";

/** A page's title line: name, earned badges, one muted sentence, actions on the right. */
export function PageHeader({ title, badges, detail, actions }: PageHeaderProps) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-80">
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
          <h1 className="min-w-0 text-2xl font-semibold tracking-[-0.02em] [overflow-wrap:anywhere]">{title}</h1>
          {badges}
        </div>
        {detail ? <div className="mt-1.5 max-w-3xl text-muted">{detail}</div> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </div>
  );
}

interface PageHeaderProps {
  title: ReactNode;
  badges?: ReactNode;
  detail?: ReactNode;
  actions?: ReactNode;
}
