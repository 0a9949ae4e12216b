import { Badge } from "@/components/badge.tsx";
import { keyStateOf } from "./key-state.ts";

export function StateBadge({ state }: { state: string }) {
  const { word, tone, means } = keyStateOf(state);
  return (
    <Badge tone={tone} title={means}>
      {word}
    </Badge>
  );
}
