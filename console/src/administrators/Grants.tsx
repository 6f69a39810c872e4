import { Box, Button, Header, SpaceBetween } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNames } from "../applications/queries";
import { PersonFilter } from "../audit/PersonFilter";
import { PagedTable } from "../shell/PagedTable";
import { Go, Nothing } from "../shell/parts";
import { useWord } from "../shell/useWord";
import { words as all } from "../texts/administrators";
import { texts } from "../texts";
import { GiveDialog } from "./GiveDialog";
import { ChangeDialog, TakeDialog } from "./RoleDialogs";
import { grants, mineQuery, type Grant, type Scope } from "./queries";

const words = all.roles;
type Doing = { what: "give" } | { what: "change" | "take"; grant: Grant };

/** Who holds which role; given, changed and withdrawn. */
export function Grants({ account, name, isOperator }: { account: Scope; name: string; isOperator: boolean }) {
  const [person, setPerson] = useWord("user");
  const [doing, setDoing] = useState<Doing>();
  const me = useQuery(mineQuery).data?.user;
  const close = () => setDoing(undefined);
  const audit = account ? `/accounts/${account}/audit` : "/audit";
  return (
    <>
      <PagedTable<Grant>
        queryKey={["grants", "list", account, person]}
        load={(after) => grants(account, person, 20, after)}
        variant="container"
        id={({ id }) => id}
        label={words.title}
        header={
          <Header
            variant="h2"
            description={account ? words.hint : words.hintDeployment}
            actions={
              <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                {account && isOperator && <Go to="/administrators">{words.operators}</Go>}
                <Button variant="primary" onClick={() => setDoing({ what: "give" })}>{all.give.title}</Button>
              </SpaceBetween>
            }
          >
            {words.title}
          </Header>
        }
        filter={<PersonFilter label={words.person} id={person} choose={setPerson} />}
        empty={person ? <Nothing title={words.emptyPerson} hint={words.emptyPersonHint} /> : (
          <Nothing title={words.empty} hint={words.emptyHint}>
            <Box variant="small">{all.twin}: <code>{words.twin(account ? ` --over "${name}"` : "")}</code></Box>
          </Nothing>
        )}
        columns={[
          { id: "person", header: words.person, isRowHeader: true, cell: (one) => (
            <>
              {one.address}
              {one.user === me && ` (${words.you})`}
              {one.name && <Box variant="small" display="block">{one.name}</Box>}
            </>
          ) },
          { id: "role", header: words.role, cell: (one) => one.role },
          ...(account ? [] : [
            { id: "over", header: words.over, cell: (one: Grant) => <Over account={one.account} /> },
          ]),
          { id: "do", header: texts.actionsOf, minWidth: 190, cell: (grant) => (
            <SpaceBetween direction="horizontal" size="s">
              {(["change", "take"] as const).map((what) => (
                <Button
                  key={what}
                  variant="inline-link"
                  ariaLabel={all[what].title(grant.address)}
                  disabled={grant.user === me}
                  disabledReason={words.own}
                  onClick={() => setDoing({ what, grant })}
                >
                  {all[what].short}
                </Button>
              ))}
            </SpaceBetween>
          ) },
          { id: "did", header: words.trail, cell: (one) => <Go to={`${audit}?actor=${one.user}`}>{words.did}</Go> },
        ]}
      />
      {doing?.what === "give" && <GiveDialog account={account} name={name} close={close} />}
      {doing?.what === "change" && <ChangeDialog grant={doing.grant} close={close} />}
      {doing?.what === "take" && <TakeDialog {...{ account, isOperator }} grant={doing.grant} close={close} />}
    </>
  );
}

/** What a role is over: an account, or all there is. */
function Over({ account }: { account: string | null | undefined }) {
  const names = useNames(account ? [account] : []);
  if (!account) return <>{words.deployment}</>;
  return <Go to={`/accounts/${account}/administrators`}>{names.get(account) ?? account}</Go>;
}
