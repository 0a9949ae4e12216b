import { Button } from "@/components/button.tsx";

/** The button that a form for a request ends with: it shows the exact request, and proposes nothing yet. */
export function ShowRequest({ danger = false, disabled }: { danger?: boolean; disabled?: boolean }) {
  return (
    <Button type="submit" tone={danger ? "danger" : "primary"} disabled={disabled}>
      Show the exact request
    </Button>
  );
}
