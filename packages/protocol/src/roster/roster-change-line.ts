/** One thing that a change of administrators and rules does. */
export interface RosterChangeLine {
  readonly kind: "added" | "removed" | "changed";
  readonly text: string;
  /** It believes somebody or something that was not believed before. */
  readonly danger?: boolean;
}

/** For a line that is marked only where it has to be. */
export function dangerIf(is: boolean): Pick<RosterChangeLine, "danger"> {
  return is ? { danger: true } : {};
}
