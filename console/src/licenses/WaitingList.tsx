import { Header, Select } from "@cloudscape-design/components";
import { answer, api, type Schemas } from "../api/client";
import { PagedTable } from "../shell/PagedTable";
import { Go, Nothing, Time } from "../shell/parts";
import { useWord } from "../shell/useWord";
import { texts } from "../texts";
import { licenses } from "../texts/licenses";

const words = licenses.waiting;
const all = { value: "", label: words.all };
const options = [all, ...(["Pro", "Plus"] as const).map((value) => ({ value, label: texts.license[value] }))];

/** Who waits for a seat of which license, in the order in which they get one. */
export function WaitingList({ account }: { account: string }) {
  const [license, setLicense] = useWord("license");
  return (
    <PagedTable<Schemas["Waiting"]>
      variant="container"
      queryKey={["waiting", account, license]}
      load={(after) => answer(api.GET("/api/v1/accounts/{account}/waiting", {
        params: { path: { account }, query: { license: license || undefined, after, limit: 20 } },
      }))}
      id={(one) => `${one.license} ${one.user.id}`}
      label={words.title}
      header={<Header variant="h2" description={words.hint}>{words.title}</Header>}
      filter={
        <Select
          ariaLabel={licenses.license}
          selectedOption={options.find(({ value }) => value === license) ?? all}
          options={options}
          onChange={({ detail }) => setLicense(detail.selectedOption.value ?? "")}
        />
      }
      empty={<Nothing title={words.empty} hint={words.emptyHint} />}
      columns={[
        { id: "license", header: licenses.license, cell: (one) => texts.license[one.license] },
        { id: "place", header: words.place, cell: (one) => texts.number(one.place) },
        { id: "user", header: licenses.person, isRowHeader: true, cell: ({ user }) => (
          <Go to={`/accounts/${user.account}/users/${user.id}`}>{user.address}</Go>
        ) },
        { id: "since", header: words.since, cell: (one) => <Time at={one.since} /> },
      ]}
    />
  );
}
