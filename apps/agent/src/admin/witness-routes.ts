import type { Domain } from "../domain.ts";
import { findTextField, onlyFields, textField } from "../json-http/fields.ts";
import type { WitnessesAnswer } from "./answers.ts";
import type { AdminRoute } from "./routes.ts";

const LONGEST_NOTE = 65_536;

/** Calls about who else remembers the log. Adding and removing a witness is the host's own: it authorises nothing. */
export function witnessRoutes(domainOf: () => Domain): AdminRoute[] {
  const view = (): WitnessesAnswer => {
    const { witnesses } = domainOf();
    return { logKeys: witnesses.logKeys(), witnesses: witnesses.status() };
  };
  return [
    { method: "GET", path: /^\/v1\/witnesses$/, run: view },
    {
      method: "POST",
      path: /^\/v1\/witnesses$/,
      run({ body }) {
        onlyFields(body, ["url", "vkey", "ca"]);
        const ca = findTextField(body, "ca", LONGEST_NOTE);
        domainOf().witnesses.add({ url: textField(body, "url", 512), vkey: textField(body, "vkey", 512), ca });
        return view();
      },
    },
    {
      method: "POST",
      path: /^\/v1\/witnesses\/remove$/,
      run({ body }) {
        onlyFields(body, ["name"]);
        domainOf().witnesses.remove(textField(body, "name", 255));
        return view();
      },
    },
    {
      method: "POST",
      path: /^\/v1\/witnesses\/compare$/,
      async run({ body }) {
        onlyFields(body, ["note", "from"]);
        const { witnesses, log } = domainOf();
        const [note, from] = [textField(body, "note", LONGEST_NOTE), textField(body, "from", 200)];
        const { kind, size } = await witnesses.notice({ note, from, as: "head" });
        return { kind, size, own: log.size };
      },
    },
  ];
}
