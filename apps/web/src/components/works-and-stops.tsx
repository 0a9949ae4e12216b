import { Check, X } from "lucide-react";

/** What still works and what stops by a decision, a line each. */
export function WorksAndStops({ works, stops, className = "" }: WorksAndStopsProps) {
  return (
    <ul className={`space-y-1.5 ${className}`}>
      {works.map((line) => (
        <li key={line} className="flex gap-2.5">
          <Check size={15} className="mt-0.5 shrink-0 text-good" aria-label="Still works:" /> {line}
        </li>
      ))}
      {stops.map((line) => (
        <li key={line} className="flex gap-2.5">
          <X size={15} className="mt-0.5 shrink-0 text-danger" aria-label="Stops:" /> {line}
        </li>
      ))}
    </ul>
  );
}

interface WorksAndStopsProps {
  works: readonly string[];
  stops: readonly string[];
  className?: string;
}
