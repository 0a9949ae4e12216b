/** AES-GCM initialisation vectors are 96 bits, always. @see SP 800-38D section 5.2.1.1 */
export const GCM_IV_BYTES = 12;
/** AES-GCM tags are 128 bits, never truncated. @see SP 800-38D appendix C */
export const GCM_TAG_BYTES = 16;
/** Encryptions under one key with random 96-bit IVs. @see SP 800-38D section 8.3 */
export const GCM_RANDOM_IV_INVOCATIONS = 2 ** 32;
/** Longest plaintext or ciphertext one call accepts; larger data is for data keys or {@link sealStream}. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
/** Key-encryption keys and root keys are 256 bits. */
export const ROOT_KEY_BYTES = 32;
/** Longest kept object: a key, certificate, secret or opaque object. */
export const MAX_MATERIAL_BYTES = 1024 * 1024;
/** IVs chosen by callers that one key remembers in this process, so that none serves twice; then only random ones do. */
export const MAX_REMEMBERED_IVS = 2 ** 18;
/** 64-bit blocks that one 3DES key may encrypt. @see SP 800-67 revision 2 section 3.1 */
export const TDEA_MAX_BLOCKS = 2 ** 20;
/** Smallest MAC key of current strength. @see SP 800-131A section 10 */
export const MIN_MAC_KEY_BYTES = 14;
/** Shortest tag or MAC that a permit reaches down to. @see SP 800-38D appendix C; SP 800-107 section 5.3.3 */
export const MIN_TAG_BYTES = 4;
/** Longest message in parts: GCM's own limit, 2^39 - 256 bits. @see SP 800-38D section 5.2.1.1 */
export const MAX_STREAM_BYTES = 2 ** 36 - 32;
/** PBKDF2 rounds: fewer are legacy, more would stop the process. @see SP 800-132 section 5.2 */
export const MIN_PBKDF2_ITERATIONS = 1000;
export const MAX_PBKDF2_ITERATIONS = 2_000_000;
/** PBKDF2 salt of current strength. @see SP 800-132 section 5.1 */
export const MIN_PBKDF2_SALT_BYTES = 16;
/** Longest derived key or secret. */
export const MAX_DERIVED_BYTES = 16_384;
