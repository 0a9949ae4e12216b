import { deriveClientId, derivePermittedClientId, HoldfastError } from "@holdfast/protocol";
import type { Decided } from "../../decided.ts";
import { answered, STEPS_OF_CHANGES } from "./answered.ts";
import type { BothSides } from "./both-sides.ts";
import { ADDRESSES } from "./desk.ts";
import type { StepOf } from "./history.ts";
import { enrolBySecret } from "./model-clients.ts";
import type { ModelAnswer } from "./model-state.ts";

const NO_SECRET = `hfp1.${"A".repeat(43)}`;

/** A permit's secret goes to whoever approved it last, once. */
export function keepSecret({ secrets }: BothSides, { hash, files = [] }: Decided): void {
  const file = files.find(({ name }) => name === "enrolment.secret");
  if (file === undefined) return;
  const secret = Buffer.from(file.base64, "base64").toString().trim();
  secrets.unshift({ permit: deriveClientId(hash as never), secret });
}

export function playEnrolment(sides: BothSides, step: StepOf<"enrol">): Promise<string[]> {
  const { secrets, domain } = sides;
  const known = step.secret < 3 ? secrets[step.secret % Math.max(1, secrets.length)] : undefined;
  const { csr, spki } = domain.requests[step.key] as { csr: string; spki: string };
  const [from, within] = ADDRESSES[step.from] as (typeof ADDRESSES)[number];
  const permit = known?.permit ?? null;
  const client = derivePermittedClientId(permit ?? "", spki);
  const judge = () => enrolBySecret(sides.state, { permit, within, spki, client });
  const send = () => enrol(sides, { secret: known?.secret ?? NO_SECRET, csr, from });
  return answered(sides, { judge, send, cut: step.cut, always: STEPS_OF_CHANGES, as: "enrolment " });
}

async function enrol(
  { world }: BothSides,
  request: { readonly secret: string; readonly csr: string; readonly from: string },
): Promise<ModelAnswer> {
  const { operations, authority, log } = world.domain;
  const { size } = log;
  try {
    await operations.enrolBySecret({ ...request, issuer: authority });
    return { outcome: log.size > size ? "let in" : "let in before" };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { outcome: "refused", code: error.code };
  }
}
