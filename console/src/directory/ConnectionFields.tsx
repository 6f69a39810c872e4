import {
  Checkbox, ExpandableSection, FormField, Input, RadioGroup, SpaceBetween, Textarea,
} from "@cloudscape-design/components";
import type { Schemas } from "../api/client";
import { texts } from "../texts/directory";
import type { Draft } from "./draft";
import { attributes, usual } from "./usual";

const words = texts.connection;
const kinds: Schemas["DirectoryKind"][] = ["ActiveDirectory", "OpenLdap"];

interface Props {
  draft: Draft;
  change: (draft: Draft) => void;
}

/** How a directory is reached and read, as a form; what is seldom another is under More. */
export function ConnectionFields({ draft, change, kept }: Props & { kept: boolean }) {
  const set = (part: Partial<Draft>) => change({ ...draft, ...part });
  return (
    <SpaceBetween size="l">
      <FormField label={words.kind}>
        <RadioGroup
          value={draft.kind}
          items={kinds.map((kind) => ({ value: kind, label: texts.kind[kind], description: words.kindHint[kind] }))}
          onChange={({ detail }) => set({ kind: kinds.find((kind) => kind === detail.value) ?? draft.kind })}
        />
      </FormField>
      <FormField label={words.urls} constraintText={words.urlsHint}>
        <Textarea
          value={draft.urls}
          rows={2}
          spellcheck={false}
          placeholder="ldaps://dc1.corp.example"
          onChange={({ detail }) => set({ urls: detail.value })}
        />
      </FormField>
      <Checkbox
        checked={draft.startTls}
        description={words.startTlsHint}
        onChange={({ detail }) => set({ startTls: detail.checked })}
      >
        {words.startTls}
      </Checkbox>
      <FormField label={words.ca} constraintText={words.caHint}>
        <Textarea
          value={draft.ca}
          rows={3}
          spellcheck={false}
          placeholder="-----BEGIN CERTIFICATE-----"
          onChange={({ detail }) => set({ ca: detail.value })}
        />
      </FormField>
      <FormField label={words.bind} constraintText={words.bindHint[draft.kind]}>
        <Input value={draft.bind} autoComplete={false} onChange={({ detail }) => set({ bind: detail.value })} />
      </FormField>
      <FormField label={words.password} constraintText={kept ? words.passwordKept : words.passwordNew}>
        <Input
          value={draft.password}
          type="password"
          autoComplete="new-password"
          onChange={({ detail }) => set({ password: detail.value })}
        />
      </FormField>
      <FormField label={words.base} constraintText={words.baseHint}>
        <Input value={draft.base} autoComplete={false} onChange={({ detail }) => set({ base: detail.value })} />
      </FormField>
      <ExpandableSection headerText={texts.more}>
        <More draft={draft} change={change} />
      </ExpandableSection>
    </SpaceBetween>
  );
}

/** Filters and names of attributes, with what is usual shown. */
function More({ draft, change }: Props) {
  const defaults = usual[draft.kind];
  return (
    <SpaceBetween size="l">
      <FormField label={words.filterPeople} constraintText={words.filterHint(defaults.people)}>
        <Input
          value={draft.people}
          placeholder={defaults.people}
          onChange={({ detail }) => change({ ...draft, people: detail.value })}
        />
      </FormField>
      <FormField label={words.filterGroups} constraintText={words.filterHint(defaults.groups)}>
        <Input
          value={draft.groups}
          placeholder={defaults.groups}
          onChange={({ detail }) => change({ ...draft, groups: detail.value })}
        />
      </FormField>
      <FormField label={words.attributes} description={words.attributesHint}>
        <SpaceBetween size="s">
          {attributes.map((name) => (
            <FormField key={name} label={words[name]} constraintText={words.left(defaults[name])}>
              <Input
                value={draft.names[name]}
                placeholder={defaults[name]}
                onChange={({ detail }) => change({ ...draft, names: { ...draft.names, [name]: detail.value } })}
              />
            </FormField>
          ))}
        </SpaceBetween>
      </FormField>
    </SpaceBetween>
  );
}
