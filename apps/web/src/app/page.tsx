import { Home } from "@/features/sign-in/home.tsx";
import { PublicFrame } from "@/features/sign-in/public-frame.tsx";

/** The address people type: goes on to where they belong. */
export default function HomePage() {
  return (
    <PublicFrame title="Keys that only you can reach">
      <Home />
    </PublicFrame>
  );
}
