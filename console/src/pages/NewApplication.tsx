import {
  Button, Container, ContentLayout, ExpandableSection, Form, FormField, Header, Input, RadioGroup, SpaceBetween,
} from "@cloudscape-design/components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { Made } from "../applications/Made";
import { ClientFields, EntryFields, RedirectFields } from "../applications/Fields";
import { blank, isComplete, type Draft } from "../applications/draft";
import { create, drafted, kinds, type Kind } from "../applications/create";
import { Failure } from "../shell/parts";
import { texts } from "../texts";
import { words } from "../texts/applications";

/** Makes an application: how it is connected decides what is asked, and what is shown once. */
export default function NewApplication() {
  const { account } = useParams();
  const [queries, navigate] = [useQueryClient(), useNavigate()];
  const [kind, setKind] = useState<Kind>("server");
  const [host, setHost] = useState("");
  const [draft, setDraft] = useState<Draft>(() => blank(account));
  const wish = drafted(kind, draft, host);
  const change = (part: Partial<Draft>) => setDraft((draft) => ({ ...draft, ...part }));
  const list = account ? `/accounts/${account}/applications` : "/applications";
  const make = useMutation({
    mutationFn: () => create(kind, wish, account),
    onSettled: () => queries.invalidateQueries({ queryKey: ["applications"] }),
  });
  if (make.data) return <Made {...make.data} list={list} />;
  return (
    <ContentLayout header={<Header variant="h1" description={words.createHint}>{words.create}</Header>}>
      <form onSubmit={(event) => {
        event.preventDefault();
        if (isComplete(wish)) make.mutate();
      }}>
        <Form actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={() => void navigate(list)}>{texts.cancel}</Button>
            <Button variant="primary" disabled={!isComplete(wish)} loading={make.isPending}>{words.create}</Button>
          </SpaceBetween>
        }>
          <SpaceBetween size="l">
            <Container>
              <SpaceBetween size="m">
                <FormField label={words.name} description={words.nameHint}>
                  <Input value={draft.name} onChange={({ detail }) => change({ name: detail.value })} />
                </FormField>
                <FormField label={words.kind}>
                  <RadioGroup
                    value={kind}
                    items={kinds.map((value) => ({ value, ...words.kinds[value] }))}
                    onChange={({ detail }) => setKind(detail.value as Kind)}
                  />
                </FormField>
                {(kind === "server" || kind === "public") && <RedirectFields draft={draft} change={change} />}
                {kind === "proxy" && (
                  <FormField label={words.host} description={words.hostHint}>
                    <Input value={host} type="url" onChange={({ detail }) => setHost(detail.value)} />
                  </FormField>
                )}
              </SpaceBetween>
            </Container>
            <Container header={<Header variant="h2">{words.entrySection}</Header>}>
              <EntryFields draft={draft} change={change} owner={account} />
            </Container>
            {kind !== "asks" && (
              <ExpandableSection variant="container" headerText={words.options}>
                <ClientFields draft={draft} change={change} kept />
              </ExpandableSection>
            )}
            {make.error && <Failure error={make.error} />}
          </SpaceBetween>
        </Form>
      </form>
    </ContentLayout>
  );
}
