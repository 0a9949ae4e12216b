import type { Metadata } from "next";
import { PublicFrame } from "@/features/sign-in/public-frame.tsx";
import { SignInForm } from "@/features/sign-in/sign-in-form.tsx";

export const metadata: Metadata = { title: "Sign in" };

/** Signing in, and back to where one was. */
export default function SignInPage() {
  return (
    <PublicFrame title="Sign in" lead="This passkey opens the dashboard. What happens to keys is approved elsewhere.">
      <SignInForm />
    </PublicFrame>
  );
}
