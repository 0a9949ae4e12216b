"use client";
import { useState } from "react";

/**
 * For what opens over the page: brings the focus back to where it was when that closes.
 *
 * What was focused may be an entry of a menu that is gone by then; then it is the menu's button.
 */
export function useReturnFocus(): (event: Event) => void {
  const [origin] = useState(() => (typeof document === "undefined" ? null : originOf(document.activeElement)));
  return (event) => {
    event.preventDefault();
    const target = origin?.isConnected && origin !== document.body ? origin : document.getElementById("content");
    target?.focus();
  };
}

function originOf(focused: Element | null): HTMLElement | null {
  const trigger = focused?.closest('[role="menu"]')?.getAttribute("aria-labelledby");
  const origin = trigger ? document.getElementById(trigger) : focused;
  return origin instanceof HTMLElement ? origin : null;
}
