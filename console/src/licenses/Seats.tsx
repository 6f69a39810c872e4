import { Button, Header, ProgressBar, SpaceBetween, StatusIndicator, Table } from "@cloudscape-design/components";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../api/client";
import { useRoles } from "../api/roles";
import { Failure, Go } from "../shell/parts";
import { texts } from "../texts";
import { licenses } from "../texts/licenses";
import { LimitDialog } from "./LimitDialog";

const words = licenses.seats;
type SeatsOf = Schemas["SeatsOf"];

/** How many seats of each license are used, and who may say how many there are. */
export function Seats({ account }: { account: string }) {
  const [changing, setChanging] = useState<SeatsOf>();
  const denied = useRoles().roles.denied("FullAccess", account);
  const asked = useQuery({
    queryKey: ["seats", account],
    queryFn: () => answer(api.GET("/api/v1/accounts/{account}/seats", { params: { path: { account } } })),
  });
  return (
    <SpaceBetween size="l">
      {asked.error && <Failure error={asked.error} again={() => void asked.refetch()} />}
      <Table
        header={<Header variant="h2" description={words.hint}>{words.title}</Header>}
        items={[...asked.data?.items ?? []].reverse()}
        loading={asked.isPending}
        loadingText={texts.loading}
        ariaLabels={{ tableLabel: words.title, selectionGroupLabel: words.title }}
        columnDefinitions={[
          { id: "license", header: licenses.license, isRowHeader: true, cell: (seats) => texts.license[seats.license] },
          { id: "use", header: words.use, minWidth: 200, cell: (seats) => <Use seats={seats} /> },
          { id: "left", header: words.left, cell: ({ left }) => left == null ? words.noLimit : texts.number(left) },
          { id: "waiting", header: words.waiting, cell: ({ license, waiting }) => (
            waiting === 0 ? words.nobodyWaits :
              <Go to={`/accounts/${account}/licenses?tab=waiting&license=${license}`}>{words.waits(waiting)}</Go>
          ) },
          { id: "limit", header: words.limit, cell: (seats) => (
            <Button
              ariaLabel={words.changeOf(texts.license[seats.license])}
              disabled={denied !== undefined}
              disabledReason={denied}
              onClick={() => setChanging(seats)}
            >
              {words.change}
            </Button>
          ) },
        ]}
      />
      {changing && <LimitDialog account={account} seats={changing} close={() => setChanging(undefined)} />}
    </SpaceBetween>
  );
}

/** The use of a license as a bar and in words. */
function Use({ seats: { license, used, limit } }: { seats: SeatsOf }) {
  if (limit == null) return <>{words.used(used)}</>;
  const said = words.usedOf(used, limit);
  return (
    <SpaceBetween size="xxs">
      <ProgressBar
        value={limit === 0 ? 100 : Math.min(100, (used / limit) * 100)}
        ariaLabel={`${texts.license[license]}: ${said}`}
        description={said}
      />
      {used > limit && (
        <StatusIndicator type="warning">{words.over(used - limit)}</StatusIndicator>
      )}
    </SpaceBetween>
  );
}
