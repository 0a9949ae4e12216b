import type { ReactNode } from "react";

/** A list with nothing in it yet: says what would be here and the next step. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-12 text-center">
      {icon ? (
        <span className="mb-1 grid size-10 place-items-center rounded-full bg-quiet text-muted">{icon}</span>
      ) : null}
      <p className="font-semibold">{title}</p>
      <div className="max-w-md text-muted">{children}</div>
      {action ? <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}
