import type { Metadata } from "next";
import { Secrets } from "@/features/secrets/secrets.tsx";

export const metadata: Metadata = { title: "Your secrets" };

/** What each secret can do, what losing it costs, where to keep it. */
export default function SecretsPage() {
  return <Secrets />;
}
