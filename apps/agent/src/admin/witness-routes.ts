import type { Domain } from "../domain.ts";
import { findTextField, textField } from "../json-http/fields.ts";
import { WitnessError } from "../witnesses/witness-error.ts";
import { witnessKey } from "../witnesses/witness-places.ts";
import { type AdminRoute, get, post } from "./admin-route.ts";
import type { CompareAnswer, LinkAnswer, WitnessesAnswer } from "./answers.ts";
import { linkAnswer } from "./roster-routes.ts";

const LONGEST_NOTE = 65_536;

/** Calls about who else remembers the log. Adding and removing a witness is the host's own: it authorises nothing. */
export function witnessRoutes(domainOf: () => Domain): AdminRoute[] {
  const view = (): WitnessesAnswer => {
    const { witnesses } = domainOf();
    return { logKeys: witnesses.logKeys(), witnesses: witnesses.status() };
  };
  return [
    get("/v1/witnesses", view),
    post("/v1/witnesses", ["url", "vkey", "ca"], ({ body }) => {
      const ca = findTextField(body, "ca", LONGEST_NOTE);
      domainOf().witnesses.add({ url: textField(body, "url", 512), vkey: textField(body, "vkey", 512), ca });
      return view();
    }),
    post("/v1/witnesses/remove", ["name"], ({ body }) => {
      domainOf().witnesses.remove(textField(body, "name", 255));
      return view();
    }),
    post("/v1/witnesses/name", ["vkey"], ({ body }) => nameWitness(domainOf(), textField(body, "vkey", 512))),
    post("/v1/witnesses/unname", ["name"], ({ body }) => unnameWitness(domainOf(), textField(body, "name", 255))),
    post("/v1/witnesses/compare", ["note", "from"], async ({ body }): Promise<CompareAnswer> => {
      const { witnesses, log, keystore } = domainOf();
      const [note, from] = [textField(body, "note", LONGEST_NOTE), textField(body, "from", 200)];
      const { kind, size } = await witnesses.notice({ note, from, as: "head" });
      return { kind, size, own: log.size, locked: keystore.domain().locked };
    }),
  ];
}

/** Proposes that the roster names a witness: its key was introduced here, by this command line. */
async function nameWitness({ links, rosters, introductions }: Domain, vkey: string): Promise<LinkAnswer> {
  const { name } = witnessKey(vkey);
  const named = rosters.current().roster.witnesses;
  const others = named.filter((each) => each.name !== name);
  if (named.some((each) => each.vkey === vkey))
    throw new WitnessError("E_WITNESS", `Administrators have named ${name} already.`);
  introductions.take({ kind: "witness", name, vkey }, name, "cli");
  return linkAnswer(await links.propose({ witnesses: [...others, { name, vkey }] }, []), links);
}

/** Proposes that the roster names a witness no more. */
async function unnameWitness({ links, rosters }: Domain, name: string): Promise<LinkAnswer> {
  const named = rosters.current().roster.witnesses;
  const witnesses = named.filter((each) => each.name !== name);
  if (witnesses.length === named.length)
    throw new WitnessError("E_WITNESS", `Administrators have named no witness called ${name}.`);
  return linkAnswer(await links.propose({ witnesses }, []), links);
}
