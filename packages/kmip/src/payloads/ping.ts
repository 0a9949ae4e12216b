import { operation } from "./operation.ts";

/**
 * Asks whether the server answers.
 *
 * @see KMIP 2.1 section 6.1
 */
export const ping = operation({}, {});
