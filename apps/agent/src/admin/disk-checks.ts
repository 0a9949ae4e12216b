import { bytesText, FULL_BYTES } from "../keystore/disk-space.ts";
import type { DiskState } from "../keystore/store.ts";
import type { DoctorCheck } from "./answers.ts";
import { bad, timeOf, warning } from "./check-words.ts";

/** Room that a busy log takes in days: time to see to it. */
const LOW_BYTES = 64 * 2 ** 20;

/** What the disk under the store did not make durable, and whether there is room. @param free - Bytes; null where unknown. */
export function diskChecks(disk: DiskState, free: number | null): DoctorCheck[] {
  return [...durableChecks(disk, free), ...roomChecks(free)];
}

function roomChecks(free: number | null): DoctorCheck[] {
  if (free === null || free >= LOW_BYTES) return [];
  const left = bytesText(free);
  return free < FULL_BYTES
    ? [
        bad(
          "disk space",
          `The disk of the data folder is full: ${left} are free. Nothing is changed until there is room; use goes on.`,
          "Make room, or move the data folder to a larger disk; it goes on by itself: docs/operate/failing-disk.md.",
        ),
      ]
    : [
        warning(
          "disk space",
          `The disk of the data folder is nearly full: ${left} are free.`,
          "Make room before it is.",
        ),
      ];
}

function durableChecks({ failures, failedAt, doubtfulSince }: DiskState, free: number | null): DoctorCheck[] {
  const isFull = free !== null && free < FULL_BYTES;
  if (doubtfulSince !== null)
    return [
      bad(
        "disk",
        `The disk does not make the store durable since ${timeOf(doubtfulSince)}: nothing is changed or handed out until it does.`,
        isFull
          ? "It is full, as told below: make room. If it stays so, look at the kernel's messages: docs/operate/failing-disk.md."
          : "Look at the disk and the kernel's messages. Move the data folder to a good disk and restart if it stays so: docs/operate/failing-disk.md.",
      ),
    ];
  if (failures === 0) return [];
  return [
    warning(
      "disk",
      `The disk failed to make the store durable (${failures} times since the start, last ${timeOf(failedAt ?? 0)}); all of it was written again.`,
      "Replace the disk before it fails for good; look at the kernel's messages: docs/operate/failing-disk.md.",
    ),
  ];
}
