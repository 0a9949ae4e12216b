"use client";
import { useEffect, useState } from "react";
import { showAge, showDate } from "./time-text.ts";

/** A time as an age that keeps up; the exact time is in the title. */
export function Age({ at }: { at: number }) {
  const now = useNow();
  return (
    <time
      dateTime={new Date(at * 1000).toISOString()}
      title={showDate(at, "exact")}
      className="tabular"
      suppressHydrationWarning
    >
      {showAge(now - at)}
    </time>
  );
}

/** The second it is now, refreshed every few seconds. */
export function useNow(everyMs = 5_000): number {
  const [now, setNow] = useState(() => Math.floor(Date.now() / 1000));
  useEffect(() => {
    const timer = setInterval(() => setNow(Math.floor(Date.now() / 1000)), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
