import type { Metadata } from "next";
import { People } from "@/features/people/people.tsx";

export const metadata: Metadata = { title: "People & rules" };

/** Who may approve, and what each act needs. */
export default function PeoplePage() {
  return <People />;
}
