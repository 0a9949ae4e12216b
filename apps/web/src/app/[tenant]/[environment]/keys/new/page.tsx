import type { Metadata } from "next";
import { CreateKey } from "@/features/keys/create-key.tsx";

export const metadata: Metadata = { title: "New key" };

/** The wizard for a new key. */
export default function KeysNewPage() {
  return <CreateKey />;
}
