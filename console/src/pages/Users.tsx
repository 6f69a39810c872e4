import { Button, ButtonDropdown, Header, SpaceBetween, TextFilter } from "@cloudscape-design/components";
import { lazy, Suspense, useState } from "react";
import { useAccount } from "../api/account";
import { answer, api, type Account, type Role, type User } from "../api/client";
import { useRoles } from "../api/roles";
import { PagedTable } from "../shell/PagedTable";
import { Go, Nothing, Time } from "../shell/parts";
import { useSettled } from "../shell/useSettled";
import { useWord } from "../shell/useWord";
import { texts } from "../texts";
import { actions, forbidden, type Action } from "../users/actions";
import { Status } from "../users/Status";

const ActionDialog = lazy(() => import("../users/ActionDialog"));
const InviteDialog = lazy(() => import("../users/InviteDialog"));
const words = texts.usersPage;

/** The users of an account. Who is selected stays so on other pages of the list and under another search. */
export default function Users() {
  const { id, account } = useAccount();
  const role = useRoles().roles.over(id);
  const [search, setSearch] = useWord("search");
  const [selected, setSelected] = useState<User[]>([]);
  const [action, setAction] = useState<Action>();
  const [inviting, setInviting] = useState(false);
  const settled = useSettled(search.trim());
  const query = settled ? { search: settled } : {};
  return (
    <>
      <PagedTable<User>
        queryKey={["users", id, query]}
        load={(after) => answer(api.GET("/api/v1/accounts/{account}/users", {
          params: { path: { account: id }, query: { ...query, after, limit: 20 } },
        }))}
        id={(user) => user.id}
        label={words.title}
        selection={{
          items: selected,
          change: setSelected,
          all: words.select,
          one: (user) => words.selectOne(user.address),
        }}
        header={
          <Header
            variant="awsui-h1-sticky"
            description={selected.length > 0 ? words.selected(selected.length) : undefined}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                {selected.length > 0 && <Button onClick={() => setSelected([])}>{words.clear}</Button>}
                <UserActions role={role} account={account} selected={selected} choose={setAction} />
                <Button
                  variant="primary"
                  disabled={!account || !mayManage(role)}
                  disabledReason={role ? texts.actions.needsRole(role) : texts.actions.noRole}
                  onClick={() => setInviting(true)}
                >
                  {words.invite}
                </Button>
              </SpaceBetween>
            }
          >
            {words.title}
          </Header>
        }
        filter={
          <TextFilter
            filteringText={search}
            filteringAriaLabel={words.search}
            filteringPlaceholder={words.searchHint}
            countText={settled ? words.searchLimit : ""}
            onChange={({ detail }) => setSearch(detail.filteringText)}
          />
        }
        empty={settled ? <Nothing title={words.none} hint={words.noneHint} /> :
          <Nothing title={words.empty} hint={words.emptyHint} />}
        columns={columns}
      />
      <Suspense>
        {action && (
          <ActionDialog
            action={action}
            account={id}
            users={selected}
            close={(done) => {
              setAction(undefined);
              if (done) setSelected([]);
            }}
          />
        )}
        {inviting && account && <InviteDialog account={account} close={() => setInviting(false)} />}
      </Suspense>
    </>
  );
}

const columns = [
  { id: "address", header: words.address, isRowHeader: true,
    cell: (user: User) => <Go to={`/accounts/${user.account}/users/${user.id}`}>{user.address}</Go> },
  { id: "name", header: words.name, cell: (user: User) => user.name ?? "-" },
  { id: "status", header: words.status, cell: (user: User) => <Status user={user} /> },
  { id: "license", header: words.license, cell: (user: User) => texts.license[user.license] },
  { id: "registered", header: words.registered, cell: (user: User) => <Time at={user.registered} /> },
  { id: "invited", header: words.invited, cell: (user: User) => <Time at={user.invited} /> },
];

const mayManage = (role: Role | undefined) => role === "UserManagement" || role === "FullAccess";

/** The menu of what can be done to who is selected; what cannot says why. */
function UserActions({ role, account, selected, choose }: {
  role: Role | undefined;
  account: Account | undefined;
  selected: User[];
  choose: (action: Action) => void;
}) {
  return (
    <ButtonDropdown
      items={actions.map((id) => {
        const reason = forbidden(id, role, account, selected);
        return { id, text: texts.actions[id].label, disabled: reason !== undefined, disabledReason: reason };
      })}
      onItemClick={({ detail }) => choose(detail.id as Action)}
    >
      {words.actions}
    </ButtonDropdown>
  );
}
