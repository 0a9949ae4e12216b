import { required } from "../fields/field.ts";
import { TAG } from "../tags/tag-table.ts";
import { constraints } from "./constraints.ts";
import { operation } from "./operation.ts";

/**
 * Gives the constraints on objects that are made or taken.
 *
 * @see KMIP 2.1 section 6.1
 */
export const getConstraints = operation(
  {},
  {
    constraints: required(TAG.Constraints, constraints),
  },
);
