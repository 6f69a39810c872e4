import { Box, Button, Header, Select, SpaceBetween, Table } from "@cloudscape-design/components";
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useSearchParams } from "react-router";
import { useAccount } from "../api/account";
import { root } from "../place";
import { Failure, Go, Waiting } from "../shell/parts";
import { useWord } from "../shell/useWord";
import { texts } from "../texts";
import { licenses } from "../texts/licenses";
import { columns, monthName, monthQuery, monthsBack, sum, type Totals } from "./months";
import { PeopleOfMonth } from "./PeopleOfMonth";

const Chart = lazy(() => import("./Chart"));
const words = licenses.report;
const spans = [1, 3, 6, 12, 24].map((months) => ({ value: String(months), label: words.months(months) }));

/** License-days of the last months: a chart, the same as a table, and the people of one month. */
export function Report({ account: id }: { account: string }) {
  const { account } = useAccount();
  const [word, setWord] = useWord("months");
  const [chosen] = useWord("month");
  const span = spans.find(({ value }) => value === word) ?? spans[2];
  const [now] = useState(() => new Date());
  const all = monthsBack(now, Number(span?.value));
  // Before there was the account there is nothing to ask for.
  const months = account ? all.filter((month) => month >= account.created.slice(0, 7)) : [];
  const asked = useMonths(id, months);
  const known = asked.flatMap(({ data }) => data ?? []);
  const failed = asked.find(({ error }) => error);
  const month = chosen || (months[0] ?? "");
  return (
    <SpaceBetween size="l">
      <SpaceBetween size="m">
        <Header variant="h2" description={words.hint} actions={
          <Select
            ariaLabel={words.span}
            selectedOption={span ?? null}
            options={spans}
            onChange={({ detail }) => setWord(detail.selectedOption.value ?? "")}
          />
        }>
          {words.title}
        </Header>
        {failed?.error && <Failure error={failed.error} again={() => void failed.refetch()} />}
        {known.length > 0 && (
          <Suspense fallback={<Waiting />}>
            <Chart months={all} known={known} />
          </Suspense>
        )}
        <Months account={id} months={known} loading={!failed && known.length < months.length} />
      </SpaceBetween>
      {month && <PeopleOfMonth account={id} month={month} />}
    </SpaceBetween>
  );
}

/**
 * The reports of some months, the newest first. Each reads the history of all members, so they are asked for one after
 * another: the server has others to answer too.
 */
function useMonths(account: string, months: string[]) {
  const queries = useQueryClient();
  return useQueries({
    queries: months.map((month, at) => {
      const before = months[at - 1];
      return {
        ...monthQuery(account, month),
        enabled: before === undefined || queries.getQueryData(monthQuery(account, before).queryKey) !== undefined,
      };
    }),
  });
}

function Months({ account, months, loading }: { account: string; months: Totals[]; loading: boolean }) {
  const [search] = useSearchParams();
  const to = (month: string) => {
    const words = new URLSearchParams(search);
    words.set("month", month);
    return `/accounts/${account}/licenses?${words}`;
  };
  return (
    <Table
      variant="embedded"
      items={months}
      loading={loading && months.length === 0}
      loadingText={texts.loading}
      footer={loading && <Box color="text-body-secondary">{texts.loading}</Box>}
      ariaLabels={{ tableLabel: words.asTable, selectionGroupLabel: words.asTable }}
      columnDefinitions={[
        { id: "month", header: words.month, isRowHeader: true, cell: ({ month }) => (
          <Go to={to(month)}>{monthName(month)}</Go>
        ) },
        { id: "csv", header: words.file, cell: ({ month }) => (
          <Button
            variant="inline-link"
            iconName="download"
            ariaLabel={words.downloadOf(monthName(month))}
            href={`${root}/api/v1/accounts/${account}/report/users.csv?month=${month}`}
            download={`license-days-${month}.csv`}
          >
            {words.csv}
          </Button>
        ) },
        ...columns.map(({ id, name }) => ({
          id, header: name, cell: ({ days }: Totals) => texts.number(days[id]),
        })),
        { id: "all", header: words.days, cell: ({ days }) => texts.number(sum(days)) },
        { id: "people", header: words.people, cell: ({ people }) => texts.number(people) },
        { id: "joined", header: words.joined, cell: ({ joined }) => texts.number(joined) },
        { id: "left", header: words.left, cell: ({ left }) => texts.number(left) },
        { id: "suspensions", header: words.suspensions, cell: ({ suspended }) => texts.number(suspended) },
      ]}
    />
  );
}
