"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { DAILY, SET_UP } from "./navigation.ts";

const JUMP_WITHIN_MS = 1_200;

/** `g k` goes to keys, `/` to the page's search, `n` to a new key; never while somebody types. */
export function KeyboardJumps() {
  const router = useRouter();
  const place = usePlace();
  const jumpUntil = useRef(0);
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[role="dialog"]')) return;
      if (event.key === "/") return focusSearch(event);
      if (Date.now() < jumpUntil.current) {
        jumpUntil.current = 0;
        const found = [...DAILY, ...SET_UP].find((item) => item.letter === event.key);
        if (found) {
          event.preventDefault();
          router.push(place.at(found.path));
        }
        return;
      }
      if (event.key === "g") jumpUntil.current = Date.now() + JUMP_WITHIN_MS;
      if (event.key === "n") router.push(place.at("keys/new"));
    }
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [router, place]);
  return null;
}

function focusSearch(event: KeyboardEvent): void {
  const search = document.querySelector<HTMLElement>("[data-page-search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
