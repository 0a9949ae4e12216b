import { HoldfastError } from "@holdfast/protocol";

/** What can be wrong with the control plane's database. */
export type DbErrorCode = "DB_MIGRATION_CHANGED" | "DB_NEWER" | "DB_ROLE" | "DB_TENANT";

/** A database that this program does not work on. */
export class DbError extends HoldfastError<DbErrorCode> {
  readonly code: DbErrorCode;
  /** What whoever runs the control plane can do. */
  readonly next: string;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(
    code: DbErrorCode,
    message: string,
    next: string,
    detail: Readonly<Record<string, string | number>> = {},
  ) {
    super(message);
    this.name = "DbError";
    this.code = code;
    this.next = next;
    this.detail = detail;
  }
}
