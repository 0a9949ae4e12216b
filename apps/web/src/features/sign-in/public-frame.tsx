import type { ReactNode } from "react";
import { Mark } from "@/components/mark.tsx";

/** The frame of pages before there is an environment. */
export function PublicFrame({ title, lead, children, wide }: PublicFrameProps) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-[1040px] flex-col px-5 py-8 sm:px-8">
      <p className="flex items-center gap-2.5 text-[17px] font-semibold tracking-tight">
        <Mark /> Holdfast
      </p>
      <div className={`mx-auto my-auto w-full py-10 ${wide ? "max-w-[560px]" : "max-w-[400px]"}`}>
        <h1 className="text-[1.75rem]/9 font-semibold tracking-[-0.025em]">{title}</h1>
        {lead ? <div className="mb-7 mt-2 text-lg text-muted">{lead}</div> : null}
        {children}
      </div>
      <p className="text-sm text-muted">
        Keys live on machines of yours. This dashboard holds metadata and signed documents, and can neither open data
        nor give orders to your keys.
      </p>
    </main>
  );
}

interface PublicFrameProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  wide?: boolean;
}
