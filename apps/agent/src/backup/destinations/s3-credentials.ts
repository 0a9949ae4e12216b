import type { AwsCredentials } from "../../aws/sign-v4.ts";
import { CustodyError } from "../../custody/errors.ts";
import { readPrivateFile } from "../../custody/private-file.ts";

const MAX_BYTES = 16 * 1024;

/**
 * Reads `{"accessKeyId","secretAccessKey","sessionToken"?}` from a file that only the agent's user may read.
 *
 * It is read anew for each request, so that a key that was changed counts at once and none stays in memory.
 *
 * @throws {@link CustodyError} `E_BACKUP_ACCESS`
 */
export function readS3Credentials(path: string): AwsCredentials {
  const bytes = readPrivateFile(path, MAX_BYTES);
  if (typeof bytes === "string") throw refused(path, bytes);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch {
    value = null;
  } finally {
    bytes.fill(0);
  }
  const { accessKeyId, secretAccessKey, sessionToken } = (
    typeof value === "object" && value !== null ? value : {}
  ) as Record<string, unknown>;
  const isWord = (word: unknown): word is string => typeof word === "string" && /^[\x21-\x7e]{1,4096}$/.test(word);
  if (!isWord(accessKeyId) || !isWord(secretAccessKey) || !(sessionToken === undefined || isWord(sessionToken)))
    throw refused(path, "content");
  return { accessKeyId, secretAccessKey, sessionToken };
}

function refused(path: string, fault: string): CustodyError {
  return new CustodyError("E_BACKUP_ACCESS", undefined, { path, fault });
}
