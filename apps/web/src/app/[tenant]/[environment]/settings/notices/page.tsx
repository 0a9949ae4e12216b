import type { Metadata } from "next";
import { Notices } from "@/features/notices/notices.tsx";

export const metadata: Metadata = { title: "Notices" };

/** Where notices go, and what became of the last ones. */
export default function NoticesPage() {
  return <Notices />;
}
