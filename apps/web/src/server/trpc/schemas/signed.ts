import { type Entry, parseEntry, parseRosterLink, type RosterLink } from "@holdfast/protocol";
import { z } from "zod";

/** A schema that is the protocol's own strict reader. */
function readBy<T>(read: (value: unknown) => T) {
  return z.unknown().transform((value, context): T => {
    try {
      return read(value);
    } catch {
      context.addIssue({ code: "custom", message: "not of the protocol's form" });
      return z.NEVER;
    }
  });
}

/** A link of the chain of administrators and rules, as it travels. */
export const rosterLink = readBy<RosterLink>(parseRosterLink);
/** A log entry, as it travels. */
export const logEntry = readBy<Entry>(parseEntry);
