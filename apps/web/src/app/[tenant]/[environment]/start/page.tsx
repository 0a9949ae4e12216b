import type { Metadata } from "next";
import { Start } from "@/features/first-run/start.tsx";

export const metadata: Metadata = { title: "Start" };

/** The first run, and comparing words on a further device. */
export default function StartPage() {
  return <Start />;
}
