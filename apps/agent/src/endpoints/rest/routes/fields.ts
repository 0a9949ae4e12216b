import { KEY_STATES } from "@holdfast/protocol";
import { base64, described, integer, object, optional, text, word } from "../schema.ts";

/** Fields that several routes take or give. */
export const keyId = described(text(/^k_[a-z2-7]{26}$/, "a key id"), "Id of the key.");
export const version = described(integer(1, 0xffffffff), "Version of the key.");
export const group = described(text(/^[a-z0-9][a-z0-9._-]{0,62}$/, "a group name"), "Group of the key or alias.");
export const alias = text(/^alias\/[A-Za-z0-9/_-]{1,200}$/, "an alias");
export const plaintext = described(base64, "Bytes to protect or bytes that were protected.");
export const ciphertext = described(base64, "A ciphertext; it names its key and version.");
export const aad = described(base64, "Authenticated with the ciphertext and not kept in it: give the same to decrypt.");
export const groupQuery = object({ group: optional(group) });
export const state = word(...KEY_STATES);
/** Most items of a batch. */
export const MAX_ITEMS = 1000;
