"use client";
import { CheckField } from "@/components/field.tsx";
import type { NoticeKinds } from "./use-notices.ts";

/** Which kinds a receiver gets. */
export function KindFields({ kinds, chosen, onChange }: KindProps) {
  return (
    <fieldset className="space-y-1.5">
      <legend className="mb-1.5 font-medium">Told when</legend>
      {kinds.map(({ kind, title }) => (
        <CheckField
          key={kind}
          label={title}
          checked={chosen.includes(kind)}
          onChange={(event) =>
            onChange(event.target.checked ? [...chosen, kind] : chosen.filter((each) => each !== kind))
          }
        />
      ))}
    </fieldset>
  );
}

interface KindProps {
  kinds: NoticeKinds;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}
