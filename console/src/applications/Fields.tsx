import {
  Checkbox, FormField, Input, RadioGroup, Select, SpaceBetween, Textarea, type SelectProps,
} from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { catalogQuery } from "../licenses/catalogQueries";
import { texts } from "../texts";
import { words } from "../texts/applications";
import { AccountsChoice } from "./AccountsChoice";
import type { Draft } from "./draft";

interface Props {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  /** The owning account. */
  owner: string | null | undefined;
}

const licenses = ["Basic", "Plus", "Pro"] as const;

/** Who may enter an application (rule 13). */
export function EntryFields({ draft, change, owner }: Props) {
  const audiences = (["anyone", "members", "accounts"] as const).map((value) => ({
    value,
    label: words.audiences[value],
    disabled: value === "members" && !owner,
    description: value === "members" && !owner ? words.membersNone : undefined,
  }));
  return (
    <SpaceBetween size="m">
      <FormField label={words.audience}>
        <RadioGroup
          value={draft.audience}
          items={audiences}
          onChange={({ detail }) => change({ audience: detail.value as Draft["audience"] })}
        />
      </FormField>
      {draft.audience === "accounts" && (
        <AccountsChoice chosen={draft.accounts} choose={(accounts) => change({ accounts })} />
      )}
      <Demands draft={draft} change={change} />
    </SpaceBetween>
  );
}

function Demands({ draft, change }: Omit<Props, "owner">) {
  const catalog = useQuery(catalogQuery);
  const any = { value: "", label: words.anyLicense };
  const levels: SelectProps.Option[] = [any, ...licenses.map((value) => ({ value, label: texts.license[value] }))];
  const known = Object.keys(catalog.data?.features ?? {}).sort();
  const names = draft.feature && !known.includes(draft.feature) ? [draft.feature, ...known] : known;
  const none = { value: "", label: words.anyFeature };
  const features: SelectProps.Option[] = [none, ...names.map((value) => ({ value, label: value }))];
  return (
    <SpaceBetween size="m">
      <FormField label={words.license}>
        <Select
          options={levels}
          selectedOption={levels.find(({ value }) => value === draft.license) ?? any}
          onChange={({ detail: { selectedOption: { value } } }) => (
            change({ license: licenses.find((one) => one === value) ?? "" })
          )}
        />
      </FormField>
      <FormField label={words.feature} description={words.featureHint}>
        <Select
          options={features}
          selectedOption={features.find(({ value }) => value === draft.feature) ?? none}
          statusType={catalog.isPending ? "loading" : "finished"}
          onChange={({ detail }) => change({ feature: detail.selectedOption.value ?? "" })}
        />
      </FormField>
    </SpaceBetween>
  );
}

/** Where people are sent back to. */
export function RedirectFields({ draft, change }: Omit<Props, "owner">) {
  return (
    <FormField label={words.redirects} description={words.redirectsHint}>
      <Textarea
        value={draft.redirects}
        rows={3}
        spellcheck={false}
        placeholder="https://wiki.example.org/callback"
        onChange={({ detail }) => change({ redirects: detail.value })}
      />
    </FormField>
  );
}

/** What else a client of OpenID Connect may be told. */
export function ClientFields({ draft, change, kept }: Omit<Props, "owner"> & {
  /** Whether it keeps a secret was chosen elsewhere. */
  kept?: boolean;
}) {
  return (
    <SpaceBetween size="m">
      <FormField label={words.afterLogout} description={words.afterLogoutHint}>
        <Textarea
          value={draft.afterLogout}
          rows={2}
          spellcheck={false}
          onChange={({ detail }) => change({ afterLogout: detail.value })}
        />
      </FormField>
      <FormField label={words.backchannel} description={words.backchannelHint}>
        <Input
          value={draft.backchannel}
          type="url"
          placeholder="https://wiki.example.org/logout-notice"
          onChange={({ detail }) => change({ backchannel: detail.value })}
        />
      </FormField>
      <SpaceBetween size="s">
        {!kept && <Flag draft={draft} change={change} flag="isPublic" />}
        <Flag draft={draft} change={change} flag="thirdParty" />
        <Flag draft={draft} change={change} flag="jwt" />
        <Flag draft={draft} change={change} flag="rs256" />
      </SpaceBetween>
    </SpaceBetween>
  );
}

function Flag({ draft, change, flag }: Omit<Props, "owner"> & { flag: "isPublic" | "thirdParty" | "jwt" | "rs256" }) {
  return (
    <Checkbox
      checked={draft[flag]}
      description={words[`${flag}Hint`]}
      onChange={({ detail }) => change({ [flag]: detail.checked })}
    >
      {words[flag]}
    </Checkbox>
  );
}
