/** Fields that a person fills in. */
const FIELDS = "input:not([type=hidden]):not(:disabled), select:not(:disabled), textarea:not(:disabled)";

/** Puts focus on what a dialog asks for, and not on the cross that closes it. Not under a finger: the keyboard would cover what it says. */
export function focusFirstField(event: Event): void {
  if (!(event.target instanceof HTMLElement) || !window.matchMedia("(pointer: fine)").matches) return;
  const field = event.target.querySelector<HTMLElement>(FIELDS);
  if (field === null) return;
  event.preventDefault();
  field.focus();
}
