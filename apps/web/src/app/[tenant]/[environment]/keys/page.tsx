import type { Metadata } from "next";
import { KeyList } from "@/features/keys/key-list.tsx";

export const metadata: Metadata = { title: "Keys" };

/** All keys. */
export default function KeysPage() {
  return <KeyList />;
}
