import type { ReactNode } from "react";
import { CommandText } from "./command-text.tsx";
import { Notice } from "./notice.tsx";

/** What went wrong, in the four parts every error has. */
export interface Problem {
  readonly what: string;
  readonly keys?: string;
  readonly next?: string;
  readonly code: string;
}

/** A plain error: what happened, what it means for the keys, what to do, the code. */
export function ProblemNotice({ problem, action }: { problem: Problem; action?: ReactNode }) {
  return (
    <Notice tone="danger" title={problem.what} live>
      {problem.keys ? <p>{problem.keys}</p> : null}
      {problem.next ? (
        <p>
          <CommandText text={problem.next} />
        </p>
      ) : null}
      <p className="font-mono text-sm">{problem.code}</p>
      {action}
    </Notice>
  );
}
