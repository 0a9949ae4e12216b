import type { Metadata } from "next";
import { Welcome } from "@/features/first-run/welcome.tsx";
import { PublicFrame } from "@/features/sign-in/public-frame.tsx";

export const metadata: Metadata = { title: "Your first environment" };

/** The second page: whose keys, and in which environment. */
export default function WelcomePage() {
  return (
    <PublicFrame
      title="Where will your keys live?"
      lead="In an environment of yours. Name it; next you connect the machine that holds its keys."
    >
      <Welcome />
    </PublicFrame>
  );
}
