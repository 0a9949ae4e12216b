/** Grey lines where rows will be. */
export function Skeleton({ rows = 4 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="divide-y">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={row} className="px-4 py-3.5">
          <div className="breathe h-3 rounded bg-quiet" style={{ width: `${78 - ((row * 17) % 40)}%` }} />
        </div>
      ))}
    </div>
  );
}
