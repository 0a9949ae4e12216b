"use client";
import { isHsmAlgorithm } from "@holdfast/protocol";
import { Choice } from "@/components/choice.tsx";
import { CheckField, SelectField, TextField } from "@/components/field.tsx";
import { useNow } from "@/components/moment.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { useHasToken } from "@/features/agents/use-has-token.ts";
import { RequestForm, useRequestDraft } from "@/features/approvals/request-form.tsx";
import { ReviewPage } from "@/features/approvals/review-page.tsx";
import { ShowRequest } from "@/features/approvals/show-request.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { createRequest, EMPTY_KEY, type KeyForm, keyFormError, LONGEST_LABEL, LONGEST_REASON } from "./key-form.ts";
import { planError } from "./key-form-plan.ts";
import { KeyPeriodFields } from "./key-period-fields.tsx";
import { KeyPlace } from "./key-place.tsx";
import { KeyPlanFields } from "./key-plan-fields.tsx";
import { algorithmOptions, makesPair, PURPOSES, type Purpose, recommendedAlgorithm } from "./key-purposes.ts";
import { ProductsMakeTheirOwn } from "./products-make-their-own.tsx";
import { SameName } from "./same-name.tsx";

/** The wizard: what the key is for, its name, then the exact command before it is proposed. */
export function CreateKey() {
  const place = usePlace();
  const draft = useRequestDraft<KeyForm>(EMPTY_KEY);
  const { form, set, tried } = draft;
  const errors = keyFormError(form);
  const planErrors = planError(form, useNow(60_000));
  const hasToken = useHasToken();
  const take = (algorithm: KeyForm["algorithm"], purpose = form.purpose) => set(otherKind(form, algorithm, purpose));
  const choose = (purpose: Purpose) => take(recommendedAlgorithm(purpose), purpose);
  const options = algorithmOptions(form.purpose);
  const pair = makesPair(form.algorithm);
  const ready = Object.values({ ...errors, ...planErrors }).every((error) => error === null);
  if (draft.requests.length) {
    return (
      <ReviewPage
        title={`New key: ${form.label}`}
        requests={draft.requests}
        reason={form.reason.trim()}
        list={{ href: place.at("keys"), text: "To the keys" }}
        onChange={draft.change}
      />
    );
  }
  return (
    <>
      <PageHeader title="New key" detail="What is it for? The rest follows from that, and you can change it." />
      <RequestForm onAsk={() => draft.ask(ready ? createRequest(form) : null)}>
        <Panel title="Purpose">
          <div className="p-4">
            <Choice label="Purpose" value={form.purpose} onChange={choose} options={PURPOSES} />
          </div>
        </Panel>
        {form.purpose === "database" ? (
          <ProductsMakeTheirOwn />
        ) : (
          <>
            <Panel title="Name and rules">
              <div className="grid gap-4 p-4 sm:grid-cols-2">
                <TextField
                  label="Name"
                  hint={
                    <>
                      <SameName name={form.label} />
                      For people. It can be changed later, by a request.
                    </>
                  }
                  error={tried ? errors.label : null}
                  value={form.label}
                  maxLength={LONGEST_LABEL}
                  autoComplete="off"
                  placeholder="orders-db"
                  onChange={(event) => set({ label: event.target.value })}
                />
                <SelectField
                  label="Algorithm"
                  hint={
                    pair
                      ? "It makes a private key and its public key, which are listed one after the other."
                      : "The first is right unless something you work with asks for another."
                  }
                  value={form.algorithm}
                  onChange={({ target }) => {
                    const chosen = options.find(([algorithm]) => algorithm === target.value);
                    if (chosen) take(chosen[0]);
                  }}
                  options={options}
                />
                <TextField
                  label="Group"
                  hint="Clients get grants on groups. Moving it to another group is a request of its own."
                  error={tried ? errors.group : null}
                  value={form.group}
                  mono
                  autoComplete="off"
                  onChange={(event) => set({ group: event.target.value })}
                />
                <TextField
                  label="Alias (optional)"
                  hint={
                    pair
                      ? "A stable address for applications; the private key has it."
                      : "A stable address for applications."
                  }
                  error={tried ? errors.alias : null}
                  value={form.alias}
                  mono
                  autoComplete="off"
                  placeholder="alias/orders-db"
                  onChange={(event) => set({ alias: event.target.value })}
                />
                <TextField
                  label="Why (optional)"
                  hint="Signed with the request, and on record for ever."
                  error={tried ? errors.reason : null}
                  value={form.reason}
                  maxLength={LONGEST_REASON}
                  onChange={(event) => set({ reason: event.target.value })}
                />
                <CheckField
                  label="May be handed out"
                  hint={`Only for products that must hold the key themselves. Leave it off: then the ${pair ? "private key" : "key"} can never leave your key servers.`}
                  checked={form.extractable}
                  disabled={form.store === "hsm"}
                  onChange={(event) => set({ extractable: event.target.checked })}
                />
              </div>
            </Panel>
            {hasToken ? (
              <Panel title="Where it lives">
                <KeyPlace form={form} onChange={set} />
              </Panel>
            ) : null}
            <Panel title="For how long">
              <KeyPeriodFields form={form} onChange={set} />
            </Panel>
            <KeyPlanFields form={form} errors={tried ? planErrors : null} onChange={set} />
            <ShowRequest />
          </>
        )}
      </RequestForm>
    </>
  );
}

/** What stays of a form when the key becomes another one: what the kind of key decides is asked anew. */
function otherKind(form: KeyForm, algorithm: KeyForm["algorithm"], purpose: Purpose): Partial<KeyForm> {
  const store = form.store === "hsm" && isHsmAlgorithm(algorithm) ? "hsm" : "domain";
  return { purpose, algorithm, store, originator: "", recipient: "" };
}
