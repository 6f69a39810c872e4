import { Header } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { accountQuery } from "../api/account";
import { answer, api, type Schemas } from "../api/client";
import { PagedTable } from "../shell/PagedTable";
import { Go, Nothing } from "../shell/parts";
import { domains } from "../texts/domains";

const words = domains.conflicts;
type Conflict = Schemas["DomainConflict"];

/** Members of other accounts whose address is on a domain of this one. */
export function Conflicts({ account, domain }: { account: string; domain: string }) {
  return (
    <PagedTable<Conflict>
      variant="container"
      queryKey={["domains", account, "conflicts", domain]}
      load={(after) => answer(api.GET("/api/v1/accounts/{account}/domains/{domain}/conflicts", {
        params: { path: { account, domain }, query: { after, limit: 20 } },
      }))}
      id={(conflict) => conflict.address}
      label={words.title}
      header={<Header variant="h2" description={words.hint}>{words.title}</Header>}
      empty={<Nothing title={words.empty} hint={words.emptyHint} />}
      columns={[
        { id: "address", header: words.address, isRowHeader: true, cell: ({ address, account, user }) => (
          account && user ? <Go to={`/accounts/${account}/users/${user}`}>{address}</Go> : address
        ) },
        // Which account it is, is for operators to know.
        { id: "account", header: words.account, cell: ({ account }) => (
          account ? <AccountName id={account} /> : "-"
        ) },
      ]}
    />
  );
}

/** An account's name, as far as it is known; a way to it in any case. */
function AccountName({ id }: { id: string }) {
  const { data } = useQuery(accountQuery(id));
  return <Go to={`/accounts/${id}/users`}>{data?.name ?? id}</Go>;
}
