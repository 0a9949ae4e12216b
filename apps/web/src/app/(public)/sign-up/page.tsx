import type { Metadata } from "next";
import { PublicFrame } from "@/features/sign-in/public-frame.tsx";
import { SignUpForm } from "@/features/sign-in/sign-up-form.tsx";

export const metadata: Metadata = { title: "Create an account" };

/** The first page: a name and a passkey. */
export default function SignUpPage() {
  return (
    <PublicFrame
      title="Keys that only you can reach"
      lead="A name and a passkey are all we ask. There is no password anywhere."
    >
      <SignUpForm />
    </PublicFrame>
  );
}
