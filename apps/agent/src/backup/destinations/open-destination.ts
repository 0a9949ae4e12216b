import type { BackupDestination } from "@holdfast/protocol";
import type { Destination } from "./destination.ts";
import { DirectoryDestination } from "./directory.ts";
import { S3Destination } from "./s3.ts";
import { SftpDestination } from "./sftp.ts";

/** The place that a policy names; nothing is asked of it yet. */
export function openDestination(to: BackupDestination, dataDirectory: string): Destination {
  switch (to.kind) {
    case "directory":
      return new DirectoryDestination(to, dataDirectory);
    case "sftp":
      return new SftpDestination(to);
    case "s3":
      return new S3Destination(to);
  }
}
