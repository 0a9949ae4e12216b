import type { Metadata } from "next";
import { LockEnvironment } from "@/features/lock/lock-environment.tsx";

export const metadata: Metadata = { title: "Lock the environment" };

/** Stops every change, and takes them again. */
export default function LockPage() {
  return <LockEnvironment />;
}
