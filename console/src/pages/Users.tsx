import { Button, ButtonDropdown, Header, SpaceBetween, TextFilter } from "@cloudscape-design/components";
import { lazy, Suspense, useState } from "react";
import { useAccount } from "../api/account";
import { answer, api, type Account, type Role, type User } from "../api/client";
import { useRoles } from "../api/roles";
import { root } from "../place";
import { PagedTable } from "../shell/PagedTable";
import { Failure, Nothing } from "../shell/parts";
import { useSettled } from "../shell/useSettled";
import { useWord } from "../shell/useWord";
import { texts } from "../texts";
import { labels, reasons, words } from "../texts/users";
import { actions, forbidden, lacks, mayManage, type Action } from "../users/actions";
import { useFilters } from "../users/filters";
import { ChosenFilters, FilterMenu } from "../users/FilterMenu";
import { useSelection, type Chosen, type Shown } from "../users/selection";
import { useView } from "../users/view";

const ActionDialog = lazy(() => import("../users/ActionDialog"));
const InviteDialog = lazy(() => import("../users/InviteDialog"));
const ImportDialog = lazy(() => import("../users/ImportDialog"));

/** What is open over the list. */
type Open = Action | "invite" | "import";

/** The users of an account, each account's list by itself. */
export default function Users() {
  const { id, account } = useAccount();
  return <List key={id} id={id} account={account} />;
}

/** Who is selected stays so on other pages of the list and under another search. */
function List({ id, account }: { id: string; account: Account | undefined }) {
  const role = useRoles().roles.over(id);
  const [search, setSearch] = useWord("search");
  const [filters, setFilter] = useFilters();
  const [open, setOpen] = useState<Open>();
  const { columns, size, menu } = useView();
  const selection = useSelection(id);
  const settled = useSettled(search.trim());
  const shown: Shown = { ...filters, ...(settled && { search: settled }) };
  const narrowed = Object.keys(shown).length > 0;
  return (
    <>
      <PagedTable<User>
        queryKey={["users", id, shown, size]}
        load={(after) => answer(api.GET("/api/v1/accounts/{account}/users", {
          params: { path: { account: id }, query: { ...shown, after, limit: size } },
        }))}
        id={(user) => user.id}
        label={texts.usersPage.title}
        selection={{
          chosen: selection.chosen,
          change: selection.onPage,
          disabled: selection.counted !== undefined,
          all: words.select,
          one: (user) => words.selectOne(user.address),
        }}
        header={
          <Header
            variant="awsui-h1-sticky"
            description={<Selected selection={selection} shown={shown} />}
            actions={
              <Actions
                role={role}
                account={account}
                selected={selection.chosen}
                counting={selection.counted !== undefined}
                open={setOpen}
              />
            }
          >
            {texts.usersPage.title}
          </Header>
        }
        filter={
          <SpaceBetween size="xs">
            <TextFilter
              filteringText={search}
              filteringAriaLabel={words.search}
              filteringPlaceholder={words.searchHint}
              onChange={({ detail }) => setSearch(detail.filteringText)}
            />
            <SpaceBetween direction="horizontal" size="xs">
              <FilterMenu chosen={filters} set={setFilter} />
              {menu}
              <ChosenFilters chosen={filters} set={setFilter} />
            </SpaceBetween>
          </SpaceBetween>
        }
        empty={(more) => (
          more ? <Nothing title={words.noneYet} hint={words.noneYetHint} /> :
            narrowed ? <Nothing title={words.none} hint={words.noneHint} /> :
              <Nothing title={words.empty} hint={words.emptyHint} />
        )}
        columns={columns}
      />
      <Suspense>
        {open && open !== "invite" && open !== "import" && (
          <ActionDialog
            action={open}
            account={id}
            users={[...selection.chosen.values()]}
            close={(done) => {
              setOpen(undefined);
              if (done) selection.clear();
            }}
          />
        )}
        {open === "invite" && account && <InviteDialog account={account} close={() => setOpen(undefined)} />}
        {open === "import" && account && <ImportDialog account={account} close={() => setOpen(undefined)} />}
      </Suspense>
    </>
  );
}

/** How many are selected, and how all that the list shows are. */
function Selected({ selection, shown }: { selection: ReturnType<typeof useSelection>; shown: Shown }) {
  const { chosen, counted, error } = selection;
  if (counted !== undefined) {
    return (
      <SpaceBetween direction="horizontal" size="xs">
        <span role="status">{words.selecting(counted)}</span>
        <Button variant="inline-link" onClick={selection.stop}>{words.stop}</Button>
      </SpaceBetween>
    );
  }
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        {chosen.size > 0 && <span role="status">{words.selected(chosen.size)}</span>}
        <Button variant="inline-link" onClick={() => void selection.all(shown)}>{words.selectAll}</Button>
        {chosen.size > 0 && <Button variant="inline-link" onClick={selection.clear}>{words.clear}</Button>}
      </SpaceBetween>
      {error && <Failure error={error} again={() => void selection.all(shown)} />}
    </>
  );
}

/** What can be done; what cannot says why. */
function Actions({ role, account, selected, counting, open }: {
  role: Role | undefined;
  account: Account | undefined;
  selected: ReadonlyMap<string, Chosen>;
  /** They are still being selected. */
  counting: boolean;
  open: (what: Open) => void;
}) {
  const denied = mayManage(role) ? undefined : lacks(role);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ButtonDropdown
        disabled={counting}
        disabledReason={reasons.counting}
        items={actions.map((id) => {
          const reason = forbidden(id, role, account, selected);
          return { id, text: labels[id], disabled: reason !== undefined, disabledReason: reason };
        })}
        onItemClick={({ detail }) => open(detail.id as Action)}
      >
        {words.actions}
      </ButtonDropdown>
      <ButtonDropdown
        items={[
          { id: "export", text: words.export, href: `${root}/api/v1/accounts/${account?.id}/export` },
          { id: "import", text: words.import, disabled: denied !== undefined, disabledReason: denied },
        ]}
        onItemClick={({ detail }) => {
          if (detail.id === "import") open("import");
        }}
      >
        {words.file}
      </ButtonDropdown>
      <Button
        variant="primary"
        disabled={!account || denied !== undefined}
        disabledReason={denied}
        onClick={() => open("invite")}
      >
        {words.invite}
      </Button>
    </SpaceBetween>
  );
}
