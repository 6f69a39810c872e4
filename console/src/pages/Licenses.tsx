import {
  ContentLayout, Container, FormField, Header, Input, KeyValuePairs, Link, SpaceBetween, Table,
} from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useAccount } from "../api/account";
import { answer, api } from "../api/client";
import { root } from "../place";
import { Failure, Waiting } from "../shell/parts";
import { texts } from "../texts";

const words = texts.licenses;

/** The seats of an account's licenses, and what was held in a month. */
export default function Licenses() {
  const { id } = useAccount();
  return (
    <ContentLayout header={<Header variant="h1">{words.title}</Header>}>
      <SpaceBetween size="l">
        <Seats account={id} />
        <Report account={id} />
      </SpaceBetween>
    </ContentLayout>
  );
}

function Seats({ account }: { account: string }) {
  const asked = useQuery({
    queryKey: ["seats", account],
    queryFn: () => answer(api.GET("/api/v1/accounts/{account}/seats", { params: { path: { account } } })),
  });
  if (asked.error) return <Failure error={asked.error} again={() => void asked.refetch()} />;
  return (
    <Table
      header={<Header variant="h2">{words.seats}</Header>}
      items={asked.data?.items ?? []}
      loading={asked.isPending}
      loadingText={texts.loading}
      ariaLabels={{ tableLabel: words.seats, selectionGroupLabel: words.seats }}
      columnDefinitions={[
        { id: "license", header: words.license, isRowHeader: true, cell: (seats) => texts.license[seats.license] },
        { id: "used", header: words.used, cell: (seats) => seats.used },
        { id: "limit", header: words.limit, cell: (seats) => seats.limit ?? words.noLimit },
        { id: "left", header: words.left, cell: (seats) => seats.left ?? "-" },
        { id: "waiting", header: words.waiting, cell: (seats) => seats.waiting },
      ]}
    />
  );
}

function Report({ account }: { account: string }) {
  const [month, setMonth] = useState(() => new Date().toISOString().slice(0, 7));
  const whole = /^\d{4}-(0[1-9]|1[0-2])$/.test(month);
  const asked = useQuery({
    queryKey: ["report", account, month],
    queryFn: () => answer(api.GET("/api/v1/accounts/{account}/report", {
      params: { path: { account }, query: { month } },
    })),
    enabled: whole,
  });
  return (
    <Container header={
      <Header variant="h2" actions={whole && (
        <Link href={`${root}/api/v1/accounts/${account}/report/users.csv?month=${month}`} external={false}>
          {words.download}
        </Link>
      )}>
        {words.report}
      </Header>
    }>
      <SpaceBetween size="m">
        <FormField label={words.month} constraintText={words.monthHint}>
          <Input value={month} onChange={({ detail }) => setMonth(detail.value)} />
        </FormField>
        {whole && asked.isPending && <Waiting />}
        {asked.error && <Failure error={asked.error} again={() => void asked.refetch()} />}
        {asked.data && (
          <KeyValuePairs columns={4} items={[
            { label: texts.license.Pro, value: words.days(asked.data.days.pro) },
            { label: texts.license.ProTrial, value: words.days(asked.data.days.pro_trial) },
            { label: texts.license.Plus, value: words.days(asked.data.days.plus) },
            { label: texts.license.Basic, value: words.days(asked.data.days.basic) },
            { label: words.suspended, value: words.days(asked.data.days.suspended) },
            { label: words.people, value: asked.data.people },
            { label: words.joined, value: asked.data.joined },
            { label: words.gone, value: asked.data.left },
          ]} />
        )}
      </SpaceBetween>
    </Container>
  );
}
