/** The holdfast: a stem that branches into roots. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={2.2}
      strokeLinecap="round"
      className="shrink-0 text-accent"
      aria-hidden="true"
    >
      <path d="M12 2.5v17" />
      <path d="M6.5 4.5c.6 3.6 2.6 5.4 5.5 6" />
      <path d="M17.5 4.5c-.6 3.6-2.6 5.4-5.5 6" />
      <path d="M12 12.5c-.4 3.6-2.6 6.6-6.5 8.5" />
      <path d="M12 12.5c.4 3.6 2.6 6.6 6.5 8.5" />
    </svg>
  );
}
