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
