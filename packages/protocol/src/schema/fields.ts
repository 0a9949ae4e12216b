import { isPlainText } from "../canonical/plain-text.ts";
import { base64urlSize } from "../encoding/base64url.ts";
import { integer, object, type Schema, text } from "./schema.ts";

const ID = "[a-z2-7]{25}[aeimquy4]";
const TID = new RegExp(`^${ID}$`);
const AID = new RegExp(`^a_${ID}$`);
const KEY_ID = new RegExp(`^k_${ID}$`);
const CLIENT_ID = new RegExp(`^c_${ID}$`);
const SCHEDULE_ID = new RegExp(`^s_${ID}$`);
const GROUP = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const ALIAS = /^alias\/[A-Za-z0-9/_-]{1,200}$/;
const CODE = /^[A-Z]_[A-Z0-9_]{1,40}$/;
const ASCII = /^[\u0021-\u007e]*$/;

/** Base64url of a number of bytes within a range. */
export function base64urlBytes(least: number, most: number = least): Schema<string> {
  const expected = least === most ? `base64url of ${least} bytes` : `base64url of ${least} to ${most} bytes`;
  return text((value) => {
    // The length first, so that nothing large is looked through to be refused.
    if (value.length > Math.ceil((most * 4) / 3)) return false;
    const size = base64urlSize(value);
    return size >= least && size <= most;
  }, expected);
}

/** Plain text of a number of UTF-16 units within a range. */
export function plainText(least: number, most: number): Schema<string> {
  return text(
    (value) => value.length >= least && value.length <= most && isPlainText(value),
    `plain text of ${least} to ${most} characters`,
  );
}

/** Visible ASCII: for what a later check decodes itself and refuses by its own code. */
export function visibleAscii(most: number): Schema<string> {
  return text((value) => value.length <= most && ASCII.test(value), "visible ASCII");
}

/** A hash: 43 characters. */
export const hash = base64urlBytes(32);
/** A COSE_Key: the largest is RSA-4096. */
export const cose = base64urlBytes(10, 600);
/** An uncompressed P-256 point. */
export const p256Point = base64urlBytes(65);
/** A label: what people call a thing. */
export const label = plainText(1, 128);
/** A reason, also none. */
export const reason = plainText(0, 500);
/** Identifier of a custody domain. */
export const tid = text((value) => TID.test(value), "a domain id");
/** Identifier of an agent. */
export const aid = text((value) => AID.test(value), "an agent id");
/** Identifier of a key. */
export const keyId = text((value) => KEY_ID.test(value), "a key id");
/** Identifier of a client. */
export const clientId = text((value) => CLIENT_ID.test(value), "a client id");
/** Identifier of a schedule. */
export const scheduleId = text((value) => SCHEDULE_ID.test(value), "a schedule id");
/** Identifier of an administrator or of an invitation. */
export const plainId = text((value) => TID.test(value), "an id");
/** Name of a key group, of a group of administrators. */
export const group = text((value) => GROUP.test(value), "a group name (small letters, digits, ., _ and -)");
/** Alias of a key. */
export const alias = text((value) => ALIAS.test(value), "an alias (`alias/`, then letters, digits, /, _ and -)");
/** A stable code of a refusal. */
export const code = text((value) => CODE.test(value), "a code");
/** Unix seconds. */
export const time = integer(0, 253_402_300_799);
/** Seconds that something takes, at most ten years. */
export const seconds = integer(0, 315_360_000);
/** Which roster a document speaks of. */
export const rosterReference = object({ seq: integer(), hash });
