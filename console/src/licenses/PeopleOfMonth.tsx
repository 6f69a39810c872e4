import { Header } from "@cloudscape-design/components";
import { answer, api, type Schemas } from "../api/client";
import { PagedTable } from "../shell/PagedTable";
import { Go, Nothing, Time } from "../shell/parts";
import { texts } from "../texts";
import { licenses } from "../texts/licenses";
import { columns, monthName } from "./months";

const words = licenses.report;
type Person = Schemas["PersonReport"];

/** Everybody who was a member in a month, with their days. */
export function PeopleOfMonth({ account, month }: { account: string; month: string }) {
  return (
    <PagedTable<Person>
      variant="container"
      queryKey={["report", account, month, "people"]}
      load={(after) => answer(api.GET("/api/v1/accounts/{account}/report/users", {
        params: { path: { account }, query: { month, after, limit: 20 } },
      }))}
      id={(person) => person.user}
      label={words.who(monthName(month))}
      header={<Header variant="h2" description={words.whoHint}>{words.who(monthName(month))}</Header>}
      empty={<Nothing title={words.none} hint={words.noneHint} />}
      columns={[
        { id: "user", header: licenses.person, isRowHeader: true, cell: ({ user, address }) => (
          address ? <Go to={`/accounts/${account}/users/${user}`}>{address}</Go> : words.former(user)
        ) },
        ...columns.map(({ id, name }) => ({
          id, header: name, cell: ({ days }: Person) => texts.number(days[id]),
        })),
        { id: "joined", header: words.joined, cell: ({ joined }) => <Time at={joined} /> },
        { id: "left", header: words.left, cell: ({ left }) => <Time at={left} /> },
        { id: "suspensions", header: words.suspensions, cell: ({ suspended }) => <Time at={suspended} /> },
      ]}
    />
  );
}
