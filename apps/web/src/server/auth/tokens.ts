import { createHash, randomBytes } from "node:crypto";

/** 256 random bits, as they go into a cookie or an enrolment token. */
export function randomToken(): string {
  return randomBytes(32).toString("base64url");
}

/** What is stored of a token: a reader of the database cannot use it. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
