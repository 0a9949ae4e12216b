import type { KmipVersion } from "@holdfast/kmip";
import type { KmipSession } from "../kmip-answerer.ts";
import { clientRules, type Rule, setClientRules } from "../rules/client-rules.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Tells the constraints that the client has set. @see KMIP 2.1 section 6.1.22 */
export const getConstraints: KmipOperation<"GetConstraints"> = ({ session }) => {
  const constraints = clientRules(session).constraints.map(({ objectTypes, objectGroups, attributes }) => ({
    objectTypes,
    objectGroups,
    attributes,
  }));
  return { constraints };
};

/**
 * Constrains what this client makes from now on. What others make is for the administrators to say, who sign it: no message
 * of a client binds anybody else.
 *
 * @see KMIP 2.1 section 6.1.51
 */
export const setConstraints: KmipOperation<"SetConstraints"> = async (context, { constraints }) => {
  await setClientRules(context, {
    constraints: constraints.map((each) => ({ ...each, attributes: each.attributes ?? [] })),
  });
  return {};
};

/** Says what new objects of this client get where a request says nothing; without any, nothing. @see KMIP 2.1 section 6.1.52 */
export const setDefaults: KmipOperation<"SetDefaults"> = async (context, { defaultsInformation = [] }) => {
  await setClientRules(context, { defaults: defaultsInformation.map(defaultOf) });
  return {};
};

type Stated = Omit<Rule, "attributes"> & {
  readonly objectType?: readonly number[] | undefined;
  readonly attributes: Rule["attributes"];
};

/** 2.0 lists types one by one, 2.1 in a list. */
function defaultOf({ objectType = [], objectTypes, objectGroups, attributes }: Stated): Rule {
  const types = [...objectType, ...(objectTypes ?? [])];
  return { ...(types.length === 0 ? {} : { objectTypes: types }), objectGroups, attributes };
}

/** The defaults that the client has set, as a version tells them. */
export function toldDefaults(session: KmipSession, version: KmipVersion) {
  const { defaults } = clientRules(session);
  if (version !== "2.0") return defaults;
  return defaults.map(({ objectTypes, attributes }) => ({ objectType: objectTypes, attributes }));
}
