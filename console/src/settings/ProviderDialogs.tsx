import { Alert, Box, FormField, Input, Multiselect, SpaceBetween } from "@cloudscape-design/components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../api/client";
import { issuerQuery } from "../applications/queries";
import { Dialog } from "../shell/Dialog";
import { Later } from "../shell/Later";
import { Copied } from "../shell/Once";
import { PreviewDialog } from "../shell/PreviewDialog";
import { Failure } from "../shell/parts";
import { words as all } from "../texts/settings";
import { redirectOf } from "./Providers";
import type { Provider } from "./queries";

const words = all.providers;

/** Adds a provider, and shows what has to be entered there. */
export function AddProvider({ account, domains, close }: {
  account: string | undefined;
  domains: string[] | undefined;
  close: () => void;
}) {
  const [draft, setDraft] = useState({ name: "", issuer: "", client_id: "", client_secret: "" });
  const [chosen, setChosen] = useState(domains?.length === 1 ? domains : []);
  const queries = useQueryClient();
  const issuer = useQuery(issuerQuery).data ?? location.origin;
  const body: Schemas["NewProvider"] = {
    name: draft.name.trim(),
    issuer: draft.issuer.trim(),
    client_id: draft.client_id.trim(),
    client_secret: draft.client_secret.trim() || null,
    account: account ?? null,
    domains: chosen,
  };
  const act = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/providers", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["providers"] }),
  });
  const ready = Boolean(body.name && body.issuer && body.client_id) && (!domains || chosen.length > 0);
  return (
    <Dialog title={words.add} confirm={words.add} ready={ready} act={act} close={close}>
      {!act.data && (
        <SpaceBetween size="m">
          <Box>{words.addSays}</Box>
          <Field of="name" label={words.name} hint={words.nameHint} {...{ draft, setDraft }} focus />
          <Field of="issuer" label={words.issuer} hint={words.issuerHint} {...{ draft, setDraft }} />
          <Field of="client_id" label={words.clientId} hint={words.clientIdHint} {...{ draft, setDraft }} />
          <Field of="client_secret" label={words.secret} hint={words.secretHint} {...{ draft, setDraft }} secret />
          {domains && <Domains {...{ domains, chosen }} choose={setChosen} />}
        </SpaceBetween>
      )}
      {act.error && <Failure error={act.error} />}
      {act.data && (
        <Alert type="success" header={words.added(act.data.name)}>
          <Box>{words.redirectHint}</Box>
          <Copied text={redirectOf(issuer, act.data.id)} label={words.redirect} />
        </Alert>
      )}
    </Dialog>
  );
}

function Field<T extends Record<string, string>>({ of, label, hint, draft, setDraft, focus, secret }: {
  of: keyof T & string;
  label: string;
  hint: string;
  draft: T;
  setDraft: (draft: T) => void;
  focus?: boolean;
  secret?: boolean;
}) {
  return (
    <FormField label={label} description={hint}>
      <Input
        value={draft[of] ?? ""}
        type={secret ? "password" : "text"}
        autoComplete={secret ? "off" : undefined}
        autoFocus={focus}
        onChange={({ detail }) => setDraft({ ...draft, [of]: detail.value })}
      />
    </FormField>
  );
}

function Domains({ domains, chosen, choose }: {
  domains: string[];
  chosen: string[];
  choose: (domains: string[]) => void;
}) {
  const options = domains.map((value) => ({ value, label: value }));
  return (
    <FormField label={words.domains} description={words.domainsHint}>
      <Later>
        <Multiselect
          options={options}
          selectedOptions={options.filter(({ value }) => chosen.includes(value))}
          placeholder={words.findDomains}
          filteringType={domains.length > 10 ? "auto" : "none"}
          filteringAriaLabel={words.findDomains}
          deselectAriaLabel={({ label }) => words.lift(label ?? "")}
          onChange={({ detail }) => choose(detail.selectedOptions.flatMap(({ value }) => value ?? []))}
        />
      </Later>
    </FormField>
  );
}

/** Nobody signs in with a provider any more. */
export function RemoveProvider({ provider, close }: { provider: Provider; close: () => void }) {
  const { id, name, domains } = provider;
  const ask = async (query: { preview?: "true" }) => {
    await answer(api.DELETE("/api/v1/providers/{provider}", { params: { path: { provider: id }, query } }));
    return true;
  };
  return (
    <PreviewDialog
      title={words.removeTitle(name)}
      confirm={words.remove}
      name={["providers", id]}
      preview={() => ask({ preview: "true" })}
      perform={() => ask({})}
      foreseen={() => (
        <>
          <Box>{words.removeSays}</Box>
          {domains.length > 0 && <Box>{words.removeDomains(domains.join(", "))}</Box>}
        </>
      )}
      done={words.removed(name)}
      close={close}
    />
  );
}
