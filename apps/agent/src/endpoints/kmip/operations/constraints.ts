import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

const BY_ADMINISTRATORS = "What every object must be like is for the administrators to say, who sign it.";

/** Tells the constraints on what clients make: grants bound that, and no attributes do. @see KMIP 2.1 section 6.1 */
export const getConstraints: KmipOperation<"GetConstraints"> = () => ({ constraints: [] });

/** Would constrain what other clients make. */
export const setConstraints: KmipOperation<"SetConstraints"> = () => refuse("PermissionDenied", BY_ADMINISTRATORS);

/** Would decide what other clients make. */
export const setDefaults: KmipOperation<"SetDefaults"> = () => refuse("PermissionDenied", BY_ADMINISTRATORS);
