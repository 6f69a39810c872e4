import { Button, Header, StatusIndicator, TextFilter } from "@cloudscape-design/components";
import { lazy, Suspense, useState } from "react";
import { RowMenu, type Deed } from "../accounts/RowMenu";
import { answer, api, type Account } from "../api/client";
import { useRoles } from "../api/roles";
import { PagedTable } from "../shell/PagedTable";
import { Go, Nothing, Time } from "../shell/parts";
import { useSettled } from "../shell/useSettled";
import { useWord } from "../shell/useWord";
import { texts } from "../texts";
import { words } from "../texts/accounts";

const DeedDialog = lazy(() => import("../accounts/DeedDialog"));
const Create = lazy(() => import("../accounts/Create"));

/** The accounts within reach, found by their names or by a user of theirs. */
export default function Accounts() {
  const [search, setSearch] = useWord("search");
  const [creating, setCreating] = useState(false);
  const [chosen, setChosen] = useState<{ deed: Deed; account: Account }>();
  const { roles } = useRoles();
  const settled = useSettled(search.trim());
  // What has an @ is a user's address, which is asked for once it is whole.
  const query = /.@.+\../.test(settled) ? { member: settled } : settled ? { name: settled } : {};
  const denied = roles.denied("FullAccess", null);
  return (
    <>
      <PagedTable<Account>
        queryKey={["accounts", query]}
        load={(after) => answer(api.GET("/api/v1/accounts", { params: { query: { ...query, after, limit: 50 } } }))}
        id={(account) => account.id}
        label={texts.accounts.title}
        header={
          <Header variant="awsui-h1-sticky" actions={
            <Button
              variant="primary"
              disabled={denied !== undefined}
              disabledReason={denied}
              onClick={() => setCreating(true)}
            >
              {words.create}
            </Button>
          }>
            {texts.accounts.title}
          </Header>
        }
        filter={
          <TextFilter
            filteringText={search}
            filteringAriaLabel={words.search}
            filteringPlaceholder={words.searchHint}
            onChange={({ detail }) => setSearch(detail.filteringText)}
          />
        }
        empty={settled ? <Nothing title={words.none} hint={words.noneHint} /> :
          <Nothing title={words.empty} hint={words.emptyHint} />}
        columns={[
          { id: "name", header: words.name, isRowHeader: true,
            cell: (account) => <Go to={`/accounts/${account.id}/users`}>{account.name}</Go> },
          { id: "type", header: words.type, cell: (account) => texts.type[account.type] },
          { id: "license", header: words.defaultLicense, cell: (account) => texts.license[account.default_license] },
          { id: "state", header: words.state, cell: (account) => <State account={account} /> },
          { id: "actions", header: words.actions, cell: (account) => (
            <RowMenu account={account} roles={roles} choose={(deed, account) => setChosen({ deed, account })} />
          ) },
          { id: "created", header: words.created, cell: (account) => <Time at={account.created} /> },
        ]}
      />
      <Suspense>
        {creating && <Create close={() => setCreating(false)} />}
        {chosen && <DeedDialog {...chosen} close={() => setChosen(undefined)} />}
      </Suspense>
    </>
  );
}

/** Whether an account works, or since when it only waits to be restored. */
function State({ account: { deleted } }: { account: Account }) {
  if (!deleted) return <StatusIndicator type="success">{words.active}</StatusIndicator>;
  return <StatusIndicator type="stopped">{words.deleted} <Time at={deleted} /></StatusIndicator>;
}
