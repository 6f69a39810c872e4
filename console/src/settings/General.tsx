import {
  Checkbox, Container, FormField, Header, Input, KeyValuePairs, RadioGroup, SpaceBetween,
} from "@cloudscape-design/components";
import { api, type Account } from "../api/client";
import { tagged, type Tagged } from "../api/tagged";
import { Copied } from "../shell/Once";
import { Go, Time } from "../shell/parts";
import { texts } from "../texts";
import { licenseOf, words as all, yesNo } from "../texts/settings";
import { AccountForm } from "./AccountForm";

const words = all.general;
const licenses = ["Pro", "Plus", "Basic"] as const;

/** What an account is called and what people get in it. */
export function General({ found, denied }: { found: Tagged<Account>; denied: string | undefined }) {
  return (
    <SpaceBetween size="l">
      <Facts account={found.body} />
      <NameAndLicenses found={found} denied={denied} />
      <Elsewhere account={found.body} denied={denied} />
    </SpaceBetween>
  );
}

function Facts({ account }: { account: Account }) {
  return (
    <Container header={<Header variant="h2" description={words.types[account.type]}>{words.account}</Header>}>
      <SpaceBetween size="m">
        <KeyValuePairs columns={2} items={[
          { label: words.type, value: texts.type[account.type] },
          { label: words.created, value: <Time at={account.created} /> },
        ]} />
        <KeyValuePairs items={[{ label: words.id, value: <Copied text={account.id} label={words.id} /> }]} />
      </SpaceBetween>
    </Container>
  );
}

function NameAndLicenses({ found, denied }: { found: Tagged<Account>; denied: string | undefined }) {
  const byGroup = found.body.type === "EnterpriseDirectory" || found.body.type === "EnterpriseOIDC";
  return (
    <AccountForm
      found={found}
      title={words.heading}
      denied={denied}
      of={({ name, default_license, trials }) => ({ name, default_license, trials })}
      wrong={({ name }) => (name.trim() ? undefined : words.nameMissing)}
      differences={(before, after) => [
        { label: words.name, before: before.name, after: after.name.trim() },
        { label: words.license, before: licenseOf(before.default_license), after: licenseOf(after.default_license) },
        { label: words.trials, before: yesNo(before.trials), after: yesNo(after.trials) },
      ].filter(({ before, after }) => before !== after)}
      hint={() => words.licenseHint}
      ask={({ name, ...rest }, tag, query) => tagged(api.PATCH("/api/v1/accounts/{account}", {
        params: { path: { account: found.body.id }, query, header: { "If-Match": tag } },
        body: { ...rest, name: name.trim() },
      }))}
    >
      {({ draft, change }) => (
        <SpaceBetween size="m">
          <FormField label={words.name} description={words.nameHint}>
            <Input
              value={draft.name}
              disabled={Boolean(denied)}
              onChange={({ detail }) => change({ name: detail.value })}
            />
          </FormField>
          <FormField label={words.license} description={byGroup ? words.licenseByGroup : words.licenseHint}>
            <RadioGroup
              value={draft.default_license}
              items={licenses.map((value) => ({ value, label: licenseOf(value), disabled: Boolean(denied) }))}
              onChange={({ detail }) => {
                change({ default_license: licenses.find((one) => one === detail.value) ?? draft.default_license });
              }}
            />
          </FormField>
          <FormField label={words.trials}>
            <Checkbox
              checked={draft.trials}
              disabled={Boolean(denied)}
              description={words.trialsHint}
              onChange={({ detail }) => change({ trials: detail.checked })}
            >
              {words.trialsBox}
            </Checkbox>
          </FormField>
        </SpaceBetween>
      )}
    </AccountForm>
  );
}

/** Where the rest of an account is set. */
function Elsewhere({ account: { id }, denied }: { account: Account; denied: string | undefined }) {
  const forAll = ["licenses", "domains", "directory"];
  return (
    <Container header={<Header variant="h2">{words.elsewhere}</Header>}>
      <ul>
        {words.links.filter(([page]) => !denied || forAll.includes(page)).map(([page, says]) => (
          <li key={page}><Go to={`/accounts/${id}/${page}`}>{says}</Go></li>
        ))}
        <li>{words.mails}</li>
      </ul>
    </Container>
  );
}
