import { Button, Header, TextFilter } from "@cloudscape-design/components";
import { lazy, Suspense, useState } from "react";
import { answer, api, type Account } from "../api/client";
import { useRoles } from "../api/roles";
import { PagedTable } from "../shell/PagedTable";
import { Go, Nothing, Time } from "../shell/parts";
import { useSettled } from "../shell/useSettled";
import { useWord } from "../shell/useWord";
import { texts } from "../texts";
import { words } from "../texts/accounts";

const Create = lazy(() => import("../accounts/Create"));

/** The accounts within reach, found by their names or by a user of theirs. */
export default function Accounts() {
  const [search, setSearch] = useWord("search");
  const [creating, setCreating] = useState(false);
  const { roles } = useRoles();
  const settled = useSettled(search.trim());
  // What has an @ is a user's address, which is asked for once it is whole.
  const query = /.@.+\../.test(settled) ? { member: settled } : settled ? { name: settled } : {};
  const mayCreate = roles.allow("FullAccess", null);
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
              disabled={!mayCreate}
              disabledReason={words.needsOperator}
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
          { id: "created", header: words.created, cell: (account) => <Time at={account.created} /> },
        ]}
      />
      {creating && <Suspense><Create close={() => setCreating(false)} /></Suspense>}
    </>
  );
}
