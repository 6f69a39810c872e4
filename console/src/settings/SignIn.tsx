import { Checkbox, Container, Header, SpaceBetween } from "@cloudscape-design/components";
import { api, type Schemas } from "../api/client";
import { tagged, type Tagged } from "../api/tagged";
import { Go } from "../shell/parts";
import { words as all, yesNo } from "../texts/settings";
import { AccountForm } from "./AccountForm";
import { Providers } from "./Providers";

const words = all.signIn;

/** How the members of an account prove who they are. */
export function SignIn({ found, denied }: {
  found: Tagged<Schemas["AccountDetails"]>;
  denied: string | undefined;
}) {
  const { id, type, domains, name } = found.body;
  const verified = domains.filter((domain) => domain.verified).map((domain) => domain.name);
  return (
    <SpaceBetween size="l">
      <AccountForm
        found={found}
        title={words.factor}
        denied={denied}
        of={({ second_factor }) => ({ second_factor })}
        differences={(before, after) => [
          { label: words.factorBox, before: yesNo(before.second_factor), after: yesNo(after.second_factor) },
        ]}
        hint={({ second_factor }) => (second_factor ? words.factorHint : undefined)}
        ask={(body, tag, query) => tagged(api.PATCH("/api/v1/accounts/{account}", {
          params: { path: { account: id }, query, header: { "If-Match": tag } },
          body,
        }))}
      >
        {({ draft, change }) => (
          <Checkbox
            checked={draft.second_factor}
            disabled={Boolean(denied)}
            description={words.factorHint}
            onChange={({ detail }) => change({ second_factor: detail.checked })}
          >
            {words.factorBox}
          </Checkbox>
        )}
      </AccountForm>
      <Container header={<Header variant="h2">{words.ways}</Header>}>
        {type === "EnterpriseDirectory" ? (
          <>{words.directory} <Go to={`/accounts/${id}/directory`}>{words.toDirectory}</Go></>
        ) : words.password}
      </Container>
      <Providers account={id} name={name} domains={verified} denied={denied} />
    </SpaceBetween>
  );
}
